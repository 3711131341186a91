/** A change of a sqitch plan. */
export interface SqitchChange {
  readonly name: string;
  /** ISO 8601. */
  readonly plannedAt: string;
  /** Tags between it and the next change of that name; none if it is the last. */
  readonly reworkTags: readonly string[];
}

/** What a sqitch plan says. */
export interface SqitchPlan {
  readonly project: string;
  readonly changes: readonly SqitchChange[];
}

/** Reads a file `sqitch.plan`. */
export function parseSqitchPlan(text: string): SqitchPlan {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const project = lines.map((line) => /^%project=(.*)$/.exec(line)?.[1])
    .find((name) => name !== undefined) ?? "";
  const items = lines.flatMap(readLine);
  const changes = items.flatMap((item, index) => {
    if (item.kind === "tag") return [];
    const rest = items.slice(index + 1);
    const next = rest.findIndex(({ kind, name }) =>
      kind === "change" && name === item.name
    );
    const tags = rest.slice(0, Math.max(next, 0))
      .filter(({ kind }) => kind === "tag");
    return [{
      name: item.name,
      plannedAt: item.plannedAt,
      reworkTags: tags.map(({ name }) => name),
    }];
  });
  return { project, changes };
}

interface PlanItem {
  readonly kind: "change" | "tag";
  readonly name: string;
  readonly plannedAt: string;
}

/** `name [requires] 2024-01-31T10:00:00Z Planner <mail> # note`. */
const LINE =
  /^(?:[+-]\s*)?(@?[^\s%#[]+)\s*(?:\[[^\]]*\]\s*)?(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)(?:\s|$)/;

function readLine(line: string): readonly PlanItem[] {
  const [, name = "", plannedAt = ""] = LINE.exec(line) ?? [];
  if (name === "") return [];
  return [
    name.startsWith("@")
      ? { kind: "tag", name: name.slice(1), plannedAt }
      : { kind: "change", name, plannedAt },
  ];
}
