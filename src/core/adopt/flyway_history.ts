import { isTrue } from "./foreign_text.ts";
import type { ForeignApplication, ForeignRow } from "./foreign.ts";

/** What Flyway's history comes to, with what was undone left out. */
export interface FlywayHistory {
  /** By `flywayKey()` of the version. */
  readonly versioned: ReadonlyMap<string, FlywayRow>;
  /** By the description. */
  readonly repeatable: ReadonlyMap<string, FlywayRow>;
  /** The newest baseline: what is not newer counts as applied. */
  readonly baseline: FlywayRow | undefined;
  /** Scripts of rows that failed. */
  readonly failed: readonly string[];
}

/** A row of Flyway's history. */
export interface FlywayRow {
  readonly version: string;
  readonly description: string;
  readonly script: string;
  readonly checksum: string | undefined;
  readonly application: ForeignApplication;
}

/** One text for versions that Flyway holds to be equal, as `1` and `1.0`. */
export function flywayKey(version: string): string {
  return version.split(/[._]/)
    .map((part) => part.replace(/^0+(?=.)/, ""))
    .join(".")
    .replace(/(?:\.0)+$/, "");
}

/** Plays the history through in the order in which it was written. */
export function readFlywayHistory(
  rows: readonly ForeignRow[],
): FlywayHistory {
  const versioned = new Map<string, FlywayRow>();
  const repeatable = new Map<string, FlywayRow>();
  const failed: string[] = [];
  let baseline: FlywayRow | undefined;
  const inOrder = rows.toSorted((a, b) =>
    Number(a["installed_rank"]) - Number(b["installed_rank"])
  );
  for (const columns of inOrder) {
    const row = readRow(columns);
    const kind = columns["type"] ?? "";
    if (kind === "SCHEMA") continue;
    if (!isTrue(columns["success"])) failed.push(row.script);
    else if (/BASELINE$/.test(kind)) baseline = row;
    else if (columns["version"] === undefined) {
      if (kind === "DELETE") repeatable.delete(row.description);
      else repeatable.set(row.description, row);
    } else if (kind === "DELETE" || kind.startsWith("UNDO")) {
      versioned.delete(flywayKey(row.version));
    } else versioned.set(flywayKey(row.version), row);
  }
  return { versioned, repeatable, baseline, failed };
}

function readRow(row: ForeignRow): FlywayRow {
  const at = row["installed_on"];
  const ms = row["execution_time"];
  return {
    version: row["version"] ?? "",
    description: row["description"] ?? "",
    script: row["script"] ?? "",
    checksum: row["checksum"],
    application: {
      ...(at !== undefined && { at }),
      ...(ms !== undefined && { executionTimeMs: Number(ms) }),
    },
  };
}
