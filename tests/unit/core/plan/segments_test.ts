import assert from "node:assert/strict";
import { createSegmentPlanner } from "../../../../src/core/plan/segments.ts";
import type {
  ScriptPlan,
  SegmentPlannerOptions,
} from "../../../../src/core/plan/segments.ts";
import { classify } from "../../../../src/core/sql/classify.ts";
import { createLexer } from "../../../../src/core/sql/lexer.ts";
import { FileError } from "../../../../src/errors.ts";

function plan(
  script: string,
  options: Partial<SegmentPlannerOptions> = {},
): ScriptPlan {
  const planner = createSegmentPlanner({
    path: "001_a.sql",
    transaction: "auto",
    ...options,
  });
  const lexer = createLexer({ path: "001_a.sql" });
  const items = [
    ...lexer.push(new TextEncoder().encode(script)),
    ...lexer.end(),
  ];
  for (const item of items) {
    if (item.kind === "statement") planner.push(item, classify(item.text));
  }
  return planner.end();
}

/** Such as `tx[SERIALIZABLE] 0-3 without 0,3`. */
function shown(
  script: string,
  options?: Partial<SegmentPlannerOptions>,
): readonly string[] {
  return plan(script, options).segments.map((segment) => {
    const mode = segment.mode === "transactional" ? "tx" : "alone";
    const modes = segment.beginModes === "" ? "" : `[${segment.beginModes}]`;
    const absorbed = [...segment.absorbed].join(",");
    const without = absorbed === "" ? "" : ` without ${absorbed}`;
    return `${mode}${modes} ${segment.first}-${segment.last}${without}`;
  });
}

function refusal(
  script: string,
  options?: Partial<SegmentPlannerOptions>,
): FileError {
  try {
    plan(script, options);
  } catch (error) {
    assert.ok(error instanceof FileError);
    return error;
  }
  return assert.fail("no error");
}

const CIC = "CREATE INDEX CONCURRENTLY i ON t (a);";

const PLANS: Record<string, readonly [string, readonly string[]]> = {
  "no statements": ["-- nothing\n", []],
  "only BEGIN and COMMIT": ["BEGIN; COMMIT;", []],
  "plain statements": ["A; B; C", ["tx 0-2"]],
  "the template": ["BEGIN; A; B; COMMIT; SELECT 1;", ["tx 0-4 without 0,3"]],
  "several blocks": ["BEGIN; A; END; B; BEGIN; C; COMMIT", [
    "tx 0-6 without 0,2,4,6",
  ]],
  "a statement that needs no transaction": [`A; ${CIC} B`, [
    "tx 0-0",
    "alone 1-1",
    "tx 2-2",
  ]],
  "neighbors of one mode": [`${CIC}${CIC} VACUUM; A; B`, [
    "alone 0-2",
    "tx 3-4",
  ]],
  "indexes inside BEGIN and COMMIT": [`BEGIN; ${CIC}${CIC} COMMIT; A`, [
    "alone 0-3 without 0,3",
    "tx 4-4",
  ]],
  "a mixed block": [`BEGIN; A; ${CIC} B; COMMIT`, [
    "tx 0-1 without 0",
    "alone 2-2",
    "tx 3-4 without 4",
  ]],
  "nested BEGIN": ["BEGIN; A; BEGIN; B; COMMIT; COMMIT", [
    "tx 0-5 without 0,2,4,5",
  ]],
  "COMMIT and ROLLBACK without BEGIN": ["A; COMMIT; ROLLBACK; B", [
    "tx 0-3 without 1,2",
  ]],
  "COMMIT before everything": ["COMMIT; A", ["tx 0-1 without 0"]],
  "COMMIT AND CHAIN": [
    "BEGIN ISOLATION LEVEL SERIALIZABLE; A; COMMIT AND CHAIN; B; COMMIT",
    ["tx[ISOLATION LEVEL SERIALIZABLE] 0-4 without 0,2,4"],
  ],
  "modes of BEGIN": ["BEGIN ISOLATION LEVEL REPEATABLE READ; A; COMMIT; B", [
    "tx[ISOLATION LEVEL REPEATABLE READ] 0-3 without 0,2",
  ]],
  "SET TRANSACTION after BEGIN": [
    "BEGIN READ WRITE; SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; A; COMMIT",
    ["tx[ISOLATION LEVEL SERIALIZABLE, READ WRITE] 0-3 without 0,1,3"],
  ],
  "SET TRANSACTION before everything": [
    "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; A; B",
    ["tx[ISOLATION LEVEL SERIALIZABLE] 0-2 without 0"],
  ],
  "SET TRANSACTION outside a block, too late": [
    "A; SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; B",
    ["tx 0-2 without 1"],
  ],
  "SET TRANSACTION inside a block, too late": [
    "BEGIN; A; SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; COMMIT",
    ["tx 0-3 without 0,3"],
  ],
  "blocks of different modes": [
    "BEGIN; A; COMMIT; BEGIN ISOLATION LEVEL SERIALIZABLE; B; COMMIT; C; BEGIN; D; COMMIT",
    [
      "tx 0-2 without 0,2",
      "tx[ISOLATION LEVEL SERIALIZABLE] 3-6 without 3,5",
      "tx 7-9 without 7,9",
    ],
  ],
  "modes around a lifted statement": [
    `BEGIN ISOLATION LEVEL SERIALIZABLE; ${CIC} A; COMMIT`,
    [
      "alone 0-1 without 0",
      "tx[ISOLATION LEVEL SERIALIZABLE] 2-3 without 3",
    ],
  ],
  "savepoints": [
    "BEGIN; SAVEPOINT a; A; ROLLBACK TO a; RELEASE a; COMMIT; SAVEPOINT b; B; RELEASE b",
    ["tx 0-8 without 0,5"],
  ],
  "a new enum value that is used": [
    "A; ALTER TYPE mood ADD VALUE 'sad'; ALTER TYPE mood ADD VALUE 'bad' AFTER 'sad'; B; INSERT INTO t VALUES ('sad'); C",
    ["tx 0-3", "tx 4-5"],
  ],
  "a new enum value that is not used": [
    "ALTER TYPE mood ADD VALUE 'sad'; INSERT INTO t VALUES ('sadness'); C",
    ["tx 0-2"],
  ],
  "a new value of a new enum": [
    "CREATE TYPE s.mood AS ENUM ('ok'); ALTER TYPE mood ADD VALUE 'sad'; SELECT 'sad'::mood",
    ["tx 0-2"],
  ],
  "a new value of a type of the same name elsewhere": [
    "CREATE TYPE a.mood AS ENUM ('ok'); ALTER TYPE b.mood ADD VALUE 'sad'; SELECT 'sad'",
    ["tx 0-1", "tx 2-2"],
  ],
  "a new value of an enum that is committed": [
    `CREATE TYPE mood AS ENUM ('ok'); ${CIC} ALTER TYPE mood ADD VALUE 'sad'; SELECT 'sad'`,
    ["tx 0-0", "alone 1-1", "tx 2-2", "tx 3-3"],
  ],
  "a new enum value before data": [
    "ALTER TYPE mood ADD VALUE 'sad'; COPY t FROM STDIN;\nsad\n\\.\n",
    ["tx 0-0", "tx 1-1"],
  ],
  "a new enum value in a block": [
    "BEGIN; ALTER TYPE mood ADD VALUE 'it''s'; COMMIT; DO $$ x = 'it''s' $$",
    ["tx 0-2 without 0,2", "tx 3-3"],
  ],
};

for (const [name, [script, expected]] of Object.entries(PLANS)) {
  Deno.test(`createSegmentPlanner() plans ${name}`, () => {
    assert.deepEqual(shown(script), expected);
  });
}

const PLANS_OFF: Record<string, readonly [string, readonly string[]]> = {
  "plain statements": ["A; CALL p(); B", ["alone 0-2"]],
  "each block as a transaction of its own": [
    "A; BEGIN; B; COMMIT; BEGIN; C; COMMIT; D",
    ["alone 0-0", "tx 1-3 without 1,3", "tx 4-6 without 4,6", "alone 7-7"],
  ],
  "a chained block as two": ["BEGIN; A; COMMIT AND CHAIN; B; COMMIT", [
    "tx 0-2 without 0,2",
    "tx 3-4 without 4",
  ]],
  "no modes without a block": [
    "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; A",
    ["alone 0-1 without 0"],
  ],
};

for (const [name, [script, expected]] of Object.entries(PLANS_OFF)) {
  Deno.test(`createSegmentPlanner() with transaction=off plans ${name}`, () => {
    assert.deepEqual(shown(script, { transaction: "off" }), expected);
  });
}

Deno.test("createSegmentPlanner() covers each statement by one segment", () => {
  const { segments, statementCount } = plan(
    `BEGIN; COMMIT; BEGIN; A; ${CIC} COMMIT; BEGIN; B; COMMIT; COMMIT`,
  );

  assert.deepEqual(
    segments.flatMap(({ first, last }) =>
      Array.from({ length: last - first + 1 }, (_, index) => first + index)
    ),
    [...Array(statementCount).keys()],
  );
});

Deno.test("createSegmentPlanner() says why a segment has no transaction", () => {
  const { segments } = plan(`A;\n\n${CIC}\nVACUUM;`);

  assert.equal(
    segments[1]?.reason,
    "CREATE INDEX CONCURRENTLY cannot run inside a transaction block (line 3)",
  );
});

Deno.test("createSegmentPlanner() says why an enum value needs a new transaction", () => {
  const { segments } = plan("ALTER TYPE m ADD VALUE 'x';\nSELECT 'x';");

  assert.equal(
    segments[1]?.reason,
    'may use the enum value "x" that line 1 adds (line 2)',
  );
});

Deno.test("createSegmentPlanner() names the header when that is why", () => {
  const { segments } = plan("A", { transaction: "off" });

  assert.equal(segments[0]?.reason, "the header says transaction=off");
});

const REFUSALS: Record<
  string,
  readonly [string, FileError["code"], number]
> = {
  "ROLLBACK of a block": ["BEGIN;\nA;\nROLLBACK;", "transaction_control", 3],
  "ABORT AND CHAIN": ["A;\nABORT AND CHAIN", "transaction_control", 2],
  "PREPARE TRANSACTION": [
    "BEGIN; A;\nPREPARE TRANSACTION 'x'",
    "transaction_control",
    2,
  ],
  "COMMIT AND CHAIN without BEGIN": [
    "A;\nCOMMIT AND CHAIN",
    "transaction_control",
    2,
  ],
  "BEGIN without COMMIT": ["A;\nBEGIN; B;", "unclosed_transaction", 2],
  "a chained transaction without COMMIT": [
    "BEGIN; A;\nCOMMIT AND CHAIN; B",
    "unclosed_transaction",
    2,
  ],
  "a READ ONLY block": [
    "BEGIN READ ONLY; A; COMMIT",
    "impossible_statement",
    1,
  ],
  "SET TRANSACTION READ ONLY, however late": [
    "BEGIN; A;\nSET TRANSACTION READ ONLY; COMMIT",
    "impossible_statement",
    2,
  ],
  "SET TRANSACTION SNAPSHOT": [
    "BEGIN;\nSET TRANSACTION SNAPSHOT 'x'; COMMIT",
    "impossible_statement",
    2,
  ],
  "a savepoint that is not there": [
    "A;\nROLLBACK TO a",
    "transaction_control",
    2,
  ],
  "a savepoint of a transaction that ended": [
    "BEGIN; SAVEPOINT a; COMMIT;\nROLLBACK TO a",
    "transaction_control",
    2,
  ],
  "a savepoint that was released": [
    "SAVEPOINT a; SAVEPOINT b; RELEASE a;\nROLLBACK TO b",
    "transaction_control",
    2,
  ],
  "a savepoint around what needs no transaction": [
    `BEGIN; SAVEPOINT a;\n${CIC} RELEASE a; COMMIT`,
    "transaction_control",
    2,
  ],
  "a savepoint around a new enum value": [
    "SAVEPOINT a; ALTER TYPE m ADD VALUE 'x';\nSELECT 'x'; RELEASE a",
    "transaction_control",
    2,
  ],
};

for (const [name, [script, code, line]] of Object.entries(REFUSALS)) {
  Deno.test(`createSegmentPlanner() throws ${code} for ${name}`, () => {
    const error = refusal(script);

    assert.deepEqual([error.code, error.location?.line], [code, line]);
  });
}

Deno.test("createSegmentPlanner() throws transaction_control for a savepoint without a block with transaction=off", () => {
  const error = refusal("SAVEPOINT a", { transaction: "off" });

  assert.equal(error.code, "transaction_control");
});

Deno.test("createSegmentPlanner() throws impossible_statement for a copy of the current database", () => {
  const error = refusal("CREATE DATABASE d TEMPLATE app", {
    currentDatabase: "app",
  });

  assert.equal(error.code, "impossible_statement");
});

Deno.test("createSegmentPlanner() lets other databases be copied", () => {
  assert.deepEqual(
    shown("CREATE DATABASE d TEMPLATE other", { currentDatabase: "app" }),
    ["alone 0-0"],
  );
});

Deno.test("createSegmentPlanner() shows the line that it refuses", () => {
  const { location, message } = refusal("BEGIN; A; ROLLBACK;\nB;");

  assert.equal(
    message,
    'Cannot use "001_a.sql" as the ROLLBACK on line 1 would undo the record ' +
      "of the migration",
  );
  assert.deepEqual(location, {
    path: "001_a.sql",
    line: 1,
    column: 11,
    excerpt: "          ROLLBACK",
  });
});

Deno.test("createSegmentPlanner() leaves out what only a newer server can set", () => {
  const script = `SELECT 1;\n SET transaction_timeout = 0;\nSELECT 2;`;
  const old = { serverVersion: 160_014 };

  const { findings } = plan(script, old);

  assert.deepEqual(shown(script, old), ["tx 0-2 without 1"]);
  assert.deepEqual(findings, [{
    severity: "warning",
    code: "setting_skipped",
    message: 'Line 2 is left out: it sets "transaction_timeout", which ' +
      "PostgreSQL has from 17 on, and the server is of version 16",
    location: {
      path: "001_a.sql",
      line: 2,
      column: 2,
      excerpt: " SET transaction_timeout = 0",
    },
  }]);
});

Deno.test("createSegmentPlanner() sends what the server can set", () => {
  const script = "SET transaction_timeout = 0; SELECT 1;";
  const current = { serverVersion: 170_000 };

  assert.deepEqual(shown(script, current), ["tx 0-1"]);
  assert.deepEqual(plan(script, current).findings, []);
});

Deno.test("createSegmentPlanner() warns of a transaction that a statement splits", () => {
  const script = `BEGIN;\nA;\n${CIC}\n${CIC}\nCOMMIT;`;

  const { findings } = plan(script);

  assert.deepEqual(
    findings.map(({ severity, code, message, location }) => ({
      severity,
      code,
      message,
      line: location?.line,
    })),
    [{
      severity: "warning",
      code: "transaction_split",
      message: "The transaction begun on line 1 is not atomic: it is split " +
        "as CREATE INDEX CONCURRENTLY cannot run inside a transaction block " +
        "(line 3)",
      line: 3,
    }],
  );
  assert.match(findings[0]?.hint ?? "", /what ran before stays/);
});

const SPLITS: Record<string, readonly [string, number]> = {
  "several indexes and nothing else": [`BEGIN; ${CIC}${CIC} COMMIT`, 1],
  "two transactions of a file": [
    `BEGIN; A; ${CIC} COMMIT; BEGIN; B; ${CIC} COMMIT`,
    1,
  ],
  "a chained transaction": [`BEGIN; A; ${CIC} COMMIT AND CHAIN; B; COMMIT`, 1],
  "an enum value that is used": [
    "BEGIN; ALTER TYPE e ADD VALUE 'x'; INSERT INTO t VALUES ('x'); COMMIT",
    1,
  ],
  "one statement alone": [`BEGIN; ${CIC} COMMIT`, 0],
  "an index outside of it": [`BEGIN; A; COMMIT; ${CIC} BEGIN; B; COMMIT`, 0],
  "no BEGIN": [`A; ${CIC} B`, 0],
};

for (const [name, [script, count]] of Object.entries(SPLITS)) {
  Deno.test(`createSegmentPlanner() counts split transactions: ${name}`, () => {
    const { findings } = plan(script);

    assert.deepEqual(
      findings.map(({ code }) => code),
      Array.from({ length: count }, () => "transaction_split"),
    );
  });
}

Deno.test("createSegmentPlanner() gives the reason of the statement that an attempt is resumed with", () => {
  const script = `${CIC}\n${CIC}\nVACUUM t;\nREINDEX DATABASE d;`;
  const reasonsFrom = (resumedAt: number) =>
    plan(script, { resumedAt }).segments.map(({ reason }) => reason);

  assert.match(reasonsFrom(0)[0] ?? "", /^CREATE INDEX .*\(line 1\)$/);
  assert.match(reasonsFrom(2)[0] ?? "", /^VACUUM .*\(line 3\)$/);
  assert.match(reasonsFrom(3)[0] ?? "", /^REINDEX .*\(line 4\)$/);
});
