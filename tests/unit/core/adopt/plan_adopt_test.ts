import { deepEqual, doesNotMatch, equal, match } from "node:assert/strict";
import type {
  ForeignMigration,
  ForeignReading,
  ForeignTool,
} from "../../../../src/core/adopt/foreign.ts";
import { isForceable } from "../../../../src/core/adopt/judge_adopted.ts";
import {
  type AdoptPlan,
  planAdopt,
} from "../../../../src/core/adopt/plan_adopt.ts";
import { checksumOf } from "../../../../src/core/checksum.ts";
import { parseMigrationHeader } from "../../../../src/core/migration_header.ts";
import {
  parseDownName,
  parseMigrationName,
} from "../../../../src/core/migration_name.ts";

const TOOL: ForeignTool = {
  name: "other",
  title: "Other",
  folders: [],
  looksAt: () => true,
  tables: [],
  checksum: "CRC-32",
  read: () => NOTHING,
};

const NOTHING: ForeignReading = { migrations: [], findings: [], left: [] };

const APPLIED: ForeignMigration = {
  id: "1_users.sql",
  version: "1",
  name: "users",
  source: "1_users.sql",
  up: { sql: "\n\nCREATE TABLE users ();\n\n" },
  down: { sql: "DROP TABLE users;" },
  applied: { at: "2024-01-31T10:00:00Z", executionTimeMs: 3 },
  check: "same",
};

function plan(...migrations: readonly Partial<ForeignMigration>[]): AdoptPlan {
  const reading = {
    ...NOTHING,
    migrations: migrations.map((one) => ({ ...APPLIED, ...one })),
  };
  return planAdopt(reading, TOOL, { source: "db/old", target: "migrations" });
}

/** A migration without something that `APPLIED` has. */
function without(
  ...names: readonly (keyof ForeignMigration)[]
): ForeignReading {
  const one = Object.fromEntries(
    Object.entries(APPLIED).filter(([name]) =>
      !names.some((left) => left === name)
    ),
  );
  return { ...NOTHING, migrations: [{ ...APPLIED, ...one }] };
}

function planWithout(
  ...names: readonly (keyof ForeignMigration)[]
): AdoptPlan {
  const { id, name, check } = APPLIED;
  const kept = Object.fromEntries(
    Object.entries(APPLIED).filter(([key]) =>
      !names.some((left) => left === key)
    ),
  );
  const reading = { ...NOTHING, migrations: [{ id, name, check, ...kept }] };
  return planAdopt(reading, TOOL, { source: "db/old", target: "migrations" });
}

Deno.test("planAdopt() writes both ways and a row that fits the file", () => {
  const { files, rows, findings } = plan({});

  deepEqual(files, [
    {
      path: "1_users.sql",
      text:
        "-- Adopted from Other, db/old/1_users.sql\n\nCREATE TABLE users ();\n",
    },
    {
      path: "rollbacks/1_users_down.sql",
      text: "-- Adopted from Other, db/old/1_users.sql\n\nDROP TABLE users;\n",
    },
  ]);
  const bytes = new TextEncoder().encode(files[0]?.text);
  const [row] = rows;
  equal(row?.checksum, checksumOf(bytes));
  equal(row?.filePath, "migrations/1_users.sql");
  equal(row?.appliedAt, "2024-01-31T10:00:00Z");
  equal(row?.executionTimeMs, 3);
  equal(row?.reason, "applied by Other as 1_users.sql, CRC-32 as recorded");
  deepEqual(findings, []);
});

Deno.test("planAdopt() records nothing for what is pending", () => {
  const { files, rows, migrations } = planWithout("applied");

  equal(files.length, 2);
  deepEqual(rows, []);
  equal(migrations[0]?.state, "pending");
});

Deno.test("planAdopt() turns no transaction into a directive", () => {
  const { files, migrations } = plan({
    up: { sql: "VACUUM;", transaction: "off" },
  });

  const { header } = parseMigrationHeader(files[0]?.text ?? "", {
    version: "1",
    name: "users",
    direction: "up",
    path: "x",
  });
  equal(header.directives.transaction, "off");
  equal(migrations[0]?.transaction, "off");
});

Deno.test("planAdopt() lets an applied program be stood for, and fail when run", () => {
  const { files, rows, findings, migrations } = planWithout("up", "down");

  match(files[0]?.text ?? "", /RAISE EXCEPTION .*'1_users'/);
  equal(rows.length, 1);
  equal(migrations[0]?.kind, "program");
  deepEqual(findings, []);
});

Deno.test("planAdopt() stops at a pending program by name", () => {
  const { findings } = planWithout("up", "down", "applied");

  deepEqual(findings.map(({ code, severity }) => [code, severity]), [
    ["not_adoptable", "error"],
  ]);
  match(findings[0]?.message ?? "", /pending "db\/old\/1_users\.sql"/);
  equal(findings.some(isForceable), false);
});

Deno.test("planAdopt() finds a file that changed, which can be forced", () => {
  const { findings, rows } = plan({ check: "changed" });

  deepEqual(findings.map(({ code }) => code), ["checksum_mismatch"]);
  equal(findings.every(isForceable), true);
  match(rows[0]?.reason ?? "", /CRC-32 not as recorded$/);
});

Deno.test("planAdopt() lets placeholders pass where the file is applied", () => {
  const applied = plan({ untranslated: "it has a placeholder" });
  const reading = without();
  const pending = planAdopt(
    {
      ...reading,
      migrations: planReading({ untranslated: "it has a placeholder" }),
    },
    TOOL,
    { source: ".", target: "migrations" },
  );

  deepEqual(applied.findings.map(({ severity }) => severity), ["warning"]);
  deepEqual(pending.findings.map(({ severity }) => severity), ["error"]);
});

/** The migration as it is before it is applied. */
function planReading(
  part: Partial<ForeignMigration>,
): readonly ForeignMigration[] {
  const { id, name, check, version = "1", up = { sql: "" } } = APPLIED;
  return [{ id, name, check, version, up, source: "1_users.sql", ...part }];
}

Deno.test("planAdopt() records what has no file as baselines, each once", () => {
  const absent = { id: "1.2", version: "1.2", name: "old view", check: "none" };
  const { files, rows, migrations } = planAdopt(
    {
      ...NOTHING,
      migrations: [
        { ...absent, applied: {}, check: "none" },
        { ...absent, applied: {}, check: "none" },
        { id: "R", name: "x".repeat(80), applied: {}, check: "none" },
      ],
    },
    TOOL,
    { source: ".", target: "migrations" },
  );

  deepEqual(files, []);
  deepEqual(rows.map(({ version }) => version), [
    "1_2_old_view",
    "1_2_old_view_2",
    `000_${"x".repeat(46)}`,
  ]);
  deepEqual(migrations.map(({ state }) => state), [
    "baseline",
    "baseline",
    "baseline",
  ]);
});

Deno.test("planAdopt() says what became another number", () => {
  const { migrations } = plan(
    { version: "1" },
    { version: "1", id: "1_more.sql", name: "more" },
    { version: "5" },
  );

  deepEqual(
    migrations.map(({ version, isRenumbered }) => [version, isRenumbered]),
    [["1", false], ["2", true], ["5", false]],
  );
});

const NAMES: readonly (readonly [there: string, here: string])[] = [
  ["create users", "create_users"],
  ["tables/users", "tables_users"],
  ["<< Flyway Baseline >>", "Flyway_Baseline"],
  ["über-größe", "über-größe"],
  ["x.up", "x"],
  ["", "migration"],
  ["///", "migration"],
  ["y".repeat(400), "y".repeat(150)],
];

for (const [there, here] of NAMES) {
  Deno.test(`planAdopt() calls "${there.slice(0, 30)}" ${here.slice(0, 30)}`, () => {
    const { files } = plan({ name: there });

    const [up, down] = files.map(({ path }) => path);
    equal(parseMigrationName(up ?? "").name, here);
    equal(parseDownName(down?.replace("rollbacks/", "") ?? "").name, here);
  });
}

Deno.test("planAdopt() quiets comments that would be headers of ours", () => {
  const sql = `-- Version: 17
-- Dependencies: something else, 016
-- lockstep transaction off
CREATE TABLE users ();`;
  const { files } = plan({ up: { sql } });

  const { header, findings } = parseMigrationHeader(files[0]?.text ?? "", {
    version: "1",
    name: "users",
    direction: "up",
    path: "x",
  });
  deepEqual(findings, []);
  deepEqual(header.dependencies, []);
  deepEqual(header.directives, {});
  match(files[0]?.text ?? "", /^-- \(before\) Version: 17$/m);
  doesNotMatch(files[0]?.text ?? "", /^-- Dependencies/m);
});
