/** What all injections of one fault came to. */
export interface FaultRow {
  readonly fault: string;
  readonly injected: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly misreported: number;
}

/** With what the counts were made. */
export interface FaultRun {
  readonly command: string;
  /** Such as `18.4`. */
  readonly serverVersion: string;
  /** Such as `0.1.0`. */
  readonly lockstepVersion: string;
  /** Such as `Deno 2.9.6`. */
  readonly runtime: string;
}

/**
 * Reads what the tests wrote, a row of JSON a line, and adds up each fault; in
 * the order of their names, since the tests run side by side.
 */
export function readFaultRows(text: string): readonly FaultRow[] {
  const rows = new Map<string, FaultRow>();
  for (const line of text.split("\n")) {
    if (line === "") continue;
    const row: FaultRow = JSON.parse(line);
    const before = rows.get(row.fault);
    rows.set(row.fault, before === undefined ? row : added(before, row));
  }
  return Array.from(rows.values())
    .sort((one, other) => one.fault < other.fault ? -1 : 1);
}

/** The table of faults as Markdown. */
export function faultTable(rows: readonly FaultRow[]): string {
  const lines = rows.map((row) =>
    tableLine([
      row.fault.replaceAll("|", "\\|"),
      row.injected,
      row.lost,
      row.duplicated,
      row.misreported,
    ])
  );
  const head = tableLine([
    "Fault",
    "Times injected",
    "Lost",
    "Duplicated",
    "Wrongly reported",
  ]);
  return [head, "| --- | ---: | ---: | ---: | ---: |", ...lines].join("\n");
}

/** The page that tells what faults did to migrations. */
export function reliabilityPage(
  rows: readonly FaultRow[],
  { command, serverVersion, lockstepVersion, runtime }: FaultRun,
): string {
  return `# Reliability

What happens to migrations when things go wrong, counted on a real server. The
tests in \`tests/faults\` inject each fault again and again, at moments that
differ, and then compare the database with what should be there:

- **Lost**: effects or entries of the history that should be there and are not.
- **Duplicated**: effects that are there more often than they should be.
- **Wrongly reported**: runs that told something else than what became of the
  database, by their exit code or their report.

${faultTable(rows)}

Made by this command, with PostgreSQL ${serverVersion} and lockstep
${lockstepVersion} (${runtime}), on Linux:

    ${command}

The command writes this page. A tenth of the counts, with the same seed, is part
of \`scripts/deno task test\`; \`LOCKSTEP_FAULT_SCALE\` multiplies the counts and
\`LOCKSTEP_FAULT_SEED\` chooses other moments.
`;
}

function added(one: FaultRow, other: FaultRow): FaultRow {
  return {
    fault: one.fault,
    injected: one.injected + other.injected,
    lost: one.lost + other.lost,
    duplicated: one.duplicated + other.duplicated,
    misreported: one.misreported + other.misreported,
  };
}

function tableLine(cells: readonly (string | number)[]): string {
  return `| ${cells.join(" | ")} |`;
}
