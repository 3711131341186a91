import { deepEqual, equal } from "node:assert/strict";
import { flyway } from "../../../../src/core/adopt/flyway.ts";
import { flywayChecksum } from "../../../../src/core/adopt/flyway_checksum.ts";
import { codes, outline, readTool } from "./reading.ts";

const USERS = "CREATE TABLE users (id int);\n";

interface RowPart {
  readonly rank: number;
  readonly version?: string;
  readonly description?: string;
  readonly type?: string;
  readonly script?: string;
  readonly sql?: string;
  readonly success?: string;
}

function row(part: RowPart) {
  const { rank, version, description = "x", type = "SQL", sql } = part;
  return {
    installed_rank: String(rank),
    ...(version !== undefined && { version }),
    description,
    type,
    script: part.script ?? `V${version}__${description}.sql`,
    ...(sql !== undefined && { checksum: String(flywayChecksum(sql)) }),
    installed_by: "app",
    installed_on: "2024-01-31T10:00:00",
    execution_time: "7",
    success: part.success ?? "true",
  };
}

// The check value of CRC-32, "123456789" as 0xCBF43926.
Deno.test("flywayChecksum() is the CRC-32 of the lines, signed", () => {
  equal(flywayChecksum("123456789"), 0xcbf43926 | 0);
  equal(flywayChecksum("1234\r\n56789\n"), 0xcbf43926 | 0);
  equal(flywayChecksum(""), 0);
});

Deno.test("flyway.read() orders dotted versions by their parts", () => {
  const reading = readTool(flyway, {
    files: {
      "V1__users.sql": USERS,
      "sub/V1_10__c.sql": "SELECT 10;",
      "V1.2__b.sql": "SELECT 2;",
    },
    history: [
      row({ rank: 1, version: "1", description: "users", sql: USERS }),
      row({ rank: 2, version: "1.2", sql: "SELECT 3;" }),
    ],
  });

  deepEqual(outline(reading), [
    "1 users applied same",
    "1.2 b applied changed",
    "1.10 c pending none",
  ]);
  deepEqual(reading.migrations[0]?.applied, {
    at: "2024-01-31T10:00:00",
    executionTimeMs: 7,
  });
});

Deno.test("flyway.read() reads a row written before a leading zero was", () => {
  const reading = readTool(flyway, {
    files: { "V001.0__users.sql": USERS },
    history: [row({ rank: 1, version: "1", sql: USERS })],
  });

  deepEqual(outline(reading), ["001.0 users applied same"]);
});

Deno.test("flyway.read() takes what is not newer than the baseline for applied", () => {
  const reading = readTool(flyway, {
    files: { "V1__a.sql": "SELECT 1;", "V3__c.sql": "SELECT 3;" },
    history: [
      row({
        rank: 1,
        version: "2",
        type: "BASELINE",
        description: "<< Flyway Baseline >>",
      }),
    ],
  });

  deepEqual(outline(reading), [
    "2 << Flyway Baseline >> applied none absent",
    "1 a applied none",
    "3 c pending none",
  ]);
});

Deno.test("flyway.read() leaves out what was undone or deleted", () => {
  const reading = readTool(flyway, {
    files: {
      "V1__a.sql": "SELECT 1;",
      "U1__a.sql": "SELECT -1;",
      "V2__b.sql": "SELECT 2;",
    },
    history: [
      row({ rank: 1, version: "1" }),
      row({ rank: 2, version: "2" }),
      row({ rank: 3, version: "1", type: "UNDO_SQL" }),
      row({ rank: 4, version: "2", type: "DELETE" }),
      row({ rank: 0, type: "SCHEMA" }),
    ],
  });

  deepEqual(outline(reading), ["1 a pending none", "2 b pending none"]);
  equal(reading.migrations[0]?.down?.sql, "SELECT -1;");
});

Deno.test("flyway.read() obeys executeInTransaction of the file beside", () => {
  const reading = readTool(flyway, {
    files: {
      "V1__a.sql": "VACUUM;",
      "V1__a.sql.conf": "executeInTransaction=false\n",
      "V2__b.sql": "SELECT 1;",
    },
  });

  deepEqual(reading.migrations.map(({ up }) => up?.transaction), [
    "off",
    undefined,
  ]);
});

Deno.test("flyway.read() puts repeatable files behind what is applied, once", () => {
  const reading = readTool(flyway, {
    files: {
      "V1__a.sql": "SELECT 1;",
      "V2__b.sql": "SELECT 2;",
      "R__all_views.sql": "SELECT 'views';",
      "R__old_views.sql": "SELECT 'new';",
    },
    history: [
      row({ rank: 1, version: "1", sql: "SELECT 1;" }),
      row({ rank: 2, description: "all views", sql: "SELECT 'views';" }),
      row({ rank: 3, description: "old views", sql: "SELECT 'old';" }),
    ],
  });

  deepEqual(outline(reading), [
    "1 a applied same",
    "- all_views applied same",
    "2 b pending none",
    "- old_views pending none",
  ]);
  deepEqual(codes(reading), ["repeatable", "repeatable"]);
});

Deno.test("flyway.read() stops at a failed row, and leaves callbacks", () => {
  const reading = readTool(flyway, {
    files: {
      "V1__a.sql": "SELECT '${schema}';",
      "V2__j.java": "class V2__j {}",
      "afterMigrate.sql": "SELECT 1;",
    },
    history: [row({ rank: 1, version: "1", success: "false" })],
  });

  deepEqual(codes(reading), ["unfinished_history"]);
  deepEqual(reading.left.map(({ path }) => path), ["afterMigrate.sql"]);
  deepEqual(
    reading.migrations.map(({ up, untranslated }) => [
      up === undefined,
      untranslated,
    ]),
    [[false, 'it has the placeholder "${schema}"'], [true, undefined]],
  );
});
