/**
 * The other tool whose marker a line of a file is, or `undefined`: such a
 * file holds both directions or means what lockstep would not do.
 */
export function findForeignTool(line: string): string | undefined {
  // Nearly every line of a header fails here.
  if (!MARKER_START.test(line)) return undefined;
  return MARKERS.find(([, marker]) => marker.test(line))?.[0];
}

const MARKER_START = /^(?:--|#)[\s-]*(?:migrate:|\+|liquibase|!)/i;

/** Tool and marker, from the documentation of each. */
const MARKERS: readonly (readonly [tool: string, marker: RegExp])[] = [
  ["dbmate", /^--\s*migrate:(?:up|down)\b/i],
  ["goose", /^--\s*\+goose\b/i],
  ["sql-migrate", /^--\s*\+migrate\b/i],
  ["Liquibase", /^--\s*liquibase\s+formatted\s+sql/i],
  ["Play evolutions", /^(?:#\s*)?-{2,}\s*!(?:Ups|Downs)\b/i],
];
