import assert from "node:assert/strict";
import { formatModes } from "../../../../src/core/sql/classification.ts";
import { classify, needsGrammar } from "../../../../src/core/sql/classify.ts";
import { ALLOWED, REFUSED } from "../../../helpers/statement_cases.ts";

for (const [sql, refusedAs] of Object.entries(REFUSED)) {
  Deno.test(`classify() by words keeps out of transactions: ${sql}`, () => {
    const { mode, reason } = classify(sql);

    assert.deepEqual([mode, reason], [
      "non_transactional",
      `${refusedAs} cannot run inside a transaction block`,
    ]);
  });
}

for (const sql of ALLOWED) {
  Deno.test(`classify() by words leaves in transactions: ${sql}`, () => {
    const { mode, control } = classify(sql);

    assert.deepEqual([mode, control], ["transactional", undefined]);
  });
}

const CONTROLS: Record<string, readonly [string, string?]> = {
  "BEGIN": ["begin", ""],
  "begin work": ["begin", ""],
  "START TRANSACTION": ["begin", ""],
  "BEGIN TRANSACTION ISOLATION LEVEL SERIALIZABLE, READ WRITE, DEFERRABLE": [
    "begin",
    "ISOLATION LEVEL SERIALIZABLE, READ WRITE, DEFERRABLE",
  ],
  "BEGIN NOT DEFERRABLE READ ONLY ISOLATION LEVEL READ COMMITTED": [
    "begin",
    "ISOLATION LEVEL READ COMMITTED, READ ONLY, NOT DEFERRABLE",
  ],
  "START /* a */ TRANSACTION ISOLATION LEVEL repeatable read": [
    "begin",
    "ISOLATION LEVEL REPEATABLE READ",
  ],
  "SET TRANSACTION ISOLATION LEVEL READ UNCOMMITTED": [
    "set_transaction",
    "ISOLATION LEVEL READ UNCOMMITTED",
  ],
  "SET LOCAL TRANSACTION READ WRITE": ["set_transaction", "READ WRITE"],
  "SET transaction_isolation = 'serializable'": [
    "set_transaction",
    "ISOLATION LEVEL SERIALIZABLE",
  ],
  "SET LOCAL transaction_read_only TO on": ["set_transaction", "READ ONLY"],
  "SET SESSION transaction_deferrable = 0": [
    "set_transaction",
    "NOT DEFERRABLE",
  ],
  "COMMIT": ["commit"],
  "END WORK": ["commit"],
  "COMMIT AND NO CHAIN": ["commit"],
  "COMMIT AND CHAIN": ["commit_and_chain"],
  "END TRANSACTION AND CHAIN": ["commit_and_chain"],
  "ROLLBACK": ["rollback"],
  "ABORT TRANSACTION": ["rollback"],
  "ROLLBACK AND NO CHAIN": ["rollback"],
  "ROLLBACK AND CHAIN": ["rollback_and_chain"],
  "PREPARE TRANSACTION 'x'": ["prepare_transaction"],
};

for (const [sql, [control, modes]] of Object.entries(CONTROLS)) {
  Deno.test(`classify() knows what ${sql} does`, () => {
    const found = classify(sql);

    assert.equal(found.control, control);
    assert.equal(found.modes && formatModes(found.modes), modes);
    assert.equal(needsGrammar(sql), false);
  });
}

const SAVEPOINTS: Record<string, readonly [string, string]> = {
  "SAVEPOINT Abc": ["savepoint", "abc"],
  'SAVEPOINT "A b"': ["savepoint", "A b"],
  "RELEASE a": ["release", "a"],
  "RELEASE SAVEPOINT a": ["release", "a"],
  "ROLLBACK TO a": ["rollback_to", "a"],
  "ROLLBACK WORK TO SAVEPOINT a": ["rollback_to", "a"],
};

for (const [sql, expected] of Object.entries(SAVEPOINTS)) {
  Deno.test(`classify() reads the name in ${sql}`, () => {
    const { control, savepoint } = classify(sql);

    assert.deepEqual([control, savepoint], expected);
  });
}

const NO_CONTROLS = [
  "BEGIN RAISE NOTICE 'x'",
  "END IF",
  "COMMIT NOW",
  "PREPARE transaction AS SELECT 1",
  "SET search_path = a",
  "SET default_transaction_isolation = serializable",
  "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
  "SET transaction_isolation TO DEFAULT",
];

for (const sql of NO_CONTROLS) {
  Deno.test(`classify() leaves to the server: ${sql}`, () => {
    const { mode, control } = classify(sql);

    assert.deepEqual([mode, control], ["transactional", undefined]);
  });
}

Deno.test("classify() knows a snapshot that is set", () => {
  const { control, modes } = classify("SET TRANSACTION SNAPSHOT '00-1'");

  assert.deepEqual([control, modes], ["set_transaction", { snapshot: true }]);
});

Deno.test("classify() reads the value that is added to an enum", () => {
  const { addsEnumValue } = classify(
    `ALTER TYPE "S".mood ADD VALUE IF NOT EXISTS 'it''s' BEFORE 'b'`,
  );

  assert.deepEqual(addsEnumValue, {
    type: { schema: "S", name: "mood" },
    value: "it's",
  });
});

Deno.test("classify() reads the enum type that is created", () => {
  const { createsType } = classify("CREATE TYPE mood AS ENUM ('a')");

  assert.deepEqual(createsType, { name: "mood" });
});

const TEMPLATES = {
  "CREATE DATABASE d": "template1",
  "CREATE DATABASE d TEMPLATE Other": "other",
  'CREATE DATABASE d WITH TEMPLATE = "A b" OWNER o': "A b",
  "CREATE DATABASE d TEMPLATE 'x'": "x",
  "CREATE DATABASE d TEMPLATE DEFAULT": "template1",
};

for (const [sql, template] of Object.entries(TEMPLATES)) {
  Deno.test(`classify() reads the template in ${sql}`, () => {
    assert.equal(classify(sql).databaseTemplate, template);
  });
}

for (
  const sql of [
    "ALTER DATABASE d SET work_mem = '1MB'",
    'ALTER ROLE "r" SET search_path TO a',
    "ALTER USER u IN DATABASE d RESET ALL",
    "ALTER ROLE ALL SET a.b = 1",
  ]
) {
  Deno.test(`classify() sees new defaults in ${sql}`, () => {
    assert.equal(classify(sql).changesSessionDefaults, true);
  });
}

Deno.test("classify() goes by words when the grammar does not know", () => {
  const { mode } = classify("VACUUM (NEW_OPTION) t", () => undefined);

  assert.equal(mode, "non_transactional");
});

Deno.test("classify() marks what reads data", () => {
  assert.equal(classify("COPY t FROM STDIN").readsCopyData, true);
});

for (
  const sql of [
    "INSERT INTO t VALUES (1, 'concurrently')",
    "UPDATE t SET a = 1",
    "COPY t FROM STDIN",
    "COMMENT ON TABLE t IS 'vacuum'",
    "GRANT ALL ON t TO r",
    "CREATE TABLE t (a int)",
    "SET a = 1",
    "DO $$ VACUUM $$",
    "ALTER TABLE t ADD COLUMN system text",
    "CREATE INDEX i ON t (a)",
    "CREATE TABLE t (role text, database text)",
    "SELECT 1 UNION ALL SELECT 2",
    "DROP INDEX i",
  ]
) {
  Deno.test(`needsGrammar() does not for ${sql}`, () => {
    assert.equal(needsGrammar(sql), false);
  });
}

for (const sql of Object.keys(REFUSED)) {
  Deno.test(`needsGrammar() does for ${sql}`, () => {
    assert.equal(needsGrammar(sql), true);
  });
}

Deno.test("needsGrammar() does not for what is too long to parse", () => {
  assert.equal(
    needsGrammar(`CREATE INDEX concurrently${" ".repeat(1e6)}`),
    false,
  );
});
