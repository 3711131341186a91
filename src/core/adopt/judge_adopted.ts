import { showName } from "../display.ts";
import type { Finding } from "../finding.ts";
import type { ForeignMigration, ForeignTool } from "./foreign.ts";

/** Where a migration comes from. */
export interface Origin {
  readonly tool: ForeignTool;
  /** Its file, as it is shown. */
  readonly source: string;
}

/** What speaks against taking a migration over as it is. */
export function judgeAdopted(
  from: ForeignMigration,
  origin: Origin,
): readonly Finding[] {
  const isProgram = from.source !== undefined && from.up === undefined;
  return [
    ...(isProgram && from.applied === undefined ? [program(origin)] : []),
    ...(from.check === "changed" ? [changed(origin)] : []),
    ...(from.untranslated === undefined
      ? []
      : [untranslated(from, origin, from.untranslated)]),
  ];
}

/** Whether `--force` goes past a finding. */
export function isForceable({ code }: Finding): boolean {
  return ["checksum_mismatch", "untranslated", "ambiguous_version"]
    .includes(code);
}

function program({ tool, source }: Origin): Finding {
  return {
    severity: "error",
    code: "not_adoptable",
    message: `Cannot adopt the pending "${showName(source)}" as it is a ` +
      "program and not SQL",
    hint: `apply it with ${tool.title} first, or move it away and write its ` +
      "SQL in a new migration afterwards",
    location: { path: source },
  };
}

function changed({ tool, source }: Origin): Finding {
  return {
    severity: "error",
    code: "checksum_mismatch",
    message:
      `"${showName(source)}" is not what ${tool.title} applied, by its ` +
      `${tool.checksum ?? "checksum"}`,
    hint: "restore the file as it was applied; --force takes it as it is",
    location: { path: source },
  };
}

/** What is applied runs again only where the database is new. */
function untranslated(
  { applied }: ForeignMigration,
  { source }: Origin,
  state: string,
): Finding {
  const shown = `"${showName(source)}"`;
  return {
    severity: applied === undefined ? "error" : "warning",
    code: "untranslated",
    message: applied === undefined
      ? `Cannot adopt the pending ${shown} as ${state}`
      : `${shown} cannot run on a new database as ${state}`,
    hint: "write it as plain SQL, or with a variable of lockstep",
    location: { path: source },
  };
}
