import { showName } from "../display.ts";
import type { HeaderOwner } from "../header_claim.ts";
import { parseMigrationHeader } from "../migration_header.ts";
import type { MigrationName } from "../migration_name.ts";
import type { ForeignScript } from "./foreign.ts";

/** Where the text of a file comes from. */
export interface AdoptedFrom {
  /** The tool, as its makers write it. */
  readonly title: string;
  /** The file, as it is shown. */
  readonly source: string;
}

/** The text of a migration file with the SQL of another tool. */
export function renderAdopted(
  script: ForeignScript,
  from: AdoptedFrom,
  owner: HeaderOwner,
): string {
  const directive = script.transaction === "off"
    ? "-- lockstep: transaction=off\n"
    : "";
  const body = script.sql.replace(/^\s*\n/, "").trimEnd();
  const text = quietHeader(body === "" ? "" : `${body}\n`, owner);
  return `${origin(from)}${directive}\n${text}`;
}

/**
 * The text of a file that stands for a program. It fails when it is run, as an
 * empty schema must not pass for one in which the program has run.
 */
export function renderPlaceholder(
  from: AdoptedFrom,
  { version, name }: MigrationName,
): string {
  const label = `${version}_${name}`.replaceAll("'", "''");
  return `${
    origin(from)
  }-- It is a program, which lockstep does not run. It was applied before lockstep
-- took over, and this file stands for it in the history.

DO $adopted$
BEGIN
    RAISE EXCEPTION 'migration % was a program of another tool', '${label}'
        USING HINT = 'write its SQL in this file for new databases, and accept '
            'it where it is applied with "lockstep repair ${version}"';
END
$adopted$;
`;
}

/** No key of the header is meant by this line. */
function origin({ title, source }: AdoptedFrom): string {
  return `-- Adopted from ${title}, ${showName(source)}\n`;
}

/**
 * A comment that would be read as a header of ours is no longer at the start of
 * its line: it was written for another tool, and may name old versions.
 */
function quietHeader(text: string, owner: HeaderOwner): string {
  const lines = text.split("\n");
  for (;;) {
    const { header, findings } = parseMigrationHeader(lines.join("\n"), owner);
    const place = findings.find(({ severity }) => severity === "error")
      ?.location?.line ?? header.dependenciesLine;
    const line = lines[(place ?? 0) - 1];
    if (place === undefined || line === undefined) return lines.join("\n");
    lines[place - 1] = `-- (before) ${line.replace(/^\s*-*\s*/, "")}`;
  }
}
