const ROOT = decodeURIComponent(new URL("..", import.meta.url).pathname);

/** `/repo/src/core/plan/plan.ts` → `src/core/plan/plan.ts` */
export function insideRepository(filename: string): string | undefined {
  const path = filename.replaceAll("\\", "/");
  return path.startsWith(ROOT) ? path.slice(ROOT.length) : undefined;
}

/** `/repo/src/core/plan/plan.ts` → `core/plan/plan.ts` */
export function insideSrc(filename: string): string | undefined {
  const path = insideRepository(filename);
  return path?.startsWith("src/") ? path.slice("src/".length) : undefined;
}

/** `core/plan/plan.ts` → `core`; a file right under `src` is its own ring. */
export function ringOf(path: string): string {
  return path.split("/")[0] ?? path;
}

/** Whether a file is in a ring that may not touch the world. */
export function isPure(filename: string): boolean {
  return ["core", "report"].includes(ringOf(insideSrc(filename) ?? ""));
}
