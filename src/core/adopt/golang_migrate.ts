import type { Finding } from "../finding.ts";
import {
  compareNumbered,
  hasStatements,
  historyRows,
  isTrue,
  notText,
  textOf,
  unfinished,
} from "./foreign_text.ts";
import type {
  ForeignFile,
  ForeignInput,
  ForeignMigration,
  ForeignReading,
  ForeignTool,
} from "./foreign.ts";

/** golang-migrate: a pair of files, and one row with the present version. */
export const golangMigrate: ForeignTool = {
  name: "golang-migrate",
  title: "golang-migrate",
  folders: ["migrations", "db/migrations", "db/migration"],
  looksAt: (path) => FILE.test(path),
  tables: [{
    role: "history",
    name: "schema_migrations",
    columns: ["version", "dirty"],
  }],
  read,
};

const FILE = /^([0-9]+)_([^/]*)\.(up|down)\.[^./]+$/;

function read(input: ForeignInput): ForeignReading {
  const findings: Finding[] = [];
  const present = historyRows(input)[0];
  const version = present?.["version"];
  if (isTrue(present?.["dirty"])) findings.push(dirty(version ?? ""));
  const migrations = readPairs(input.files, findings)
    .sort(compareNumbered)
    .map((one) => isUpTo(one, version) ? { ...one, applied: {} } : one);
  const isThere = version === undefined || BigInt(version) < 0n ||
    migrations.some((one) => BigInt(one.version ?? "-1") === BigInt(version));
  return {
    migrations: isThere ? migrations : [absent(version), ...migrations],
    findings,
    left: [],
  };
}

function readPairs(
  files: readonly ForeignFile[],
  findings: Finding[],
): ForeignMigration[] {
  const pairs = new Map<string, ForeignMigration>();
  // "down" sorts before "up": the way forward is to say what the file is.
  for (const file of files.toSorted((a, b) => a.path < b.path ? 1 : -1)) {
    const [, version = "", name = "", direction] = FILE.exec(file.path) ?? [];
    const key = `${version}_${name}`;
    const pair = pairs.get(key) ?? { id: key, version, name, check: "none" };
    if (!file.path.endsWith(".sql")) {
      pairs.set(key, { ...pair, source: file.path });
      continue;
    }
    const sql = textOf(file);
    if (sql === undefined) {
      findings.push(notText(file.path));
    } else if (direction === "up") {
      pairs.set(key, { ...pair, source: file.path, up: { sql } });
    } else {
      const down = hasStatements(sql) ? { down: { sql } } : {};
      // A way back without a way forward changes nothing when it is applied.
      const up = pair.up ?? { sql: "" };
      pairs.set(key, { source: file.path, ...pair, up, ...down });
    }
  }
  return [...pairs.values()];
}

function isUpTo(
  { version = "0" }: ForeignMigration,
  present: string | undefined,
): boolean {
  return present !== undefined && BigInt(version) <= BigInt(present);
}

function absent(version: string): ForeignMigration {
  return {
    id: version,
    version,
    name: "golang_migrate",
    applied: {},
    check: "none",
  };
}

function dirty(version: string): Finding {
  return unfinished(
    `golang-migrate marks version ${version} as dirty: it failed`,
    "finish or undo by hand what it left, then run " +
      `"migrate force" with the version that is in effect`,
  );
}
