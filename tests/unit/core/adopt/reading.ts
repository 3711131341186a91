import type {
  ForeignMigration,
  ForeignReading,
  ForeignRow,
  ForeignTool,
} from "../../../../src/core/adopt/foreign.ts";

/** What a tool is read from, with the text or the bytes of each file. */
export interface ReadingInput {
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  readonly history?: readonly ForeignRow[];
  readonly lock?: readonly ForeignRow[];
}

/** Reads a tool; files that it does not look at are left out, as on a disk. */
export function readTool(
  tool: ForeignTool,
  { files = {}, history = [], lock = [] }: ReadingInput,
): ForeignReading {
  const encoder = new TextEncoder();
  return tool.read({
    files: Object.entries(files)
      .filter(([path]) => isReached(tool, path))
      .map(([path, content]) => ({
        path,
        bytes: typeof content === "string" ? encoder.encode(content) : content,
      })),
    rows: new Map([["history", history], ["lock", lock]]),
  });
}

/** Each migration as in `001 create_users applied same`. */
export function outline(
  { migrations }: ForeignReading,
): readonly string[] {
  return migrations.map(({ version, name, applied, check, source }) =>
    [
      version ?? "-",
      name,
      applied === undefined ? "pending" : "applied",
      check,
      ...(source === undefined ? ["absent"] : []),
    ].join(" ")
  );
}

/** The codes of what was found. */
export function codes({ findings }: ForeignReading): readonly string[] {
  return findings.map(({ code }) => code);
}

/** The SQL of a migration, both ways, without the space around it. */
export function sqlOf(
  { migrations }: ForeignReading,
  index = 0,
): { readonly up?: string; readonly down?: string } {
  const one: ForeignMigration | undefined = migrations[index];
  return {
    ...(one?.up !== undefined && { up: one.up.sql.trim() }),
    ...(one?.down !== undefined && { down: one.down.sql.trim() }),
  };
}

function isReached(tool: ForeignTool, path: string): boolean {
  const folders = path.split("/").slice(0, -1)
    .map((_, index, parts) => `${parts.slice(0, index + 1).join("/")}/`);
  return [...folders, path].every((one) => tool.looksAt(one));
}
