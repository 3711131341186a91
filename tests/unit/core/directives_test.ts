import assert from "node:assert/strict";
import {
  type MigrationDirectives,
  parseDirectives,
  readKeptDirectives,
} from "../../../src/core/directives.ts";

const GOOD: readonly (readonly [text: string, read: MigrationDirectives])[] = [
  ["transaction=off", { transaction: "off" }],
  [" Transaction = OFF ", { transaction: "off" }],
  ["lock_timeout=250", { lockTimeoutMs: 250 }],
  ["lock_timeout=500ms", { lockTimeoutMs: 500 }],
  ["lock_timeout='5 s'", { lockTimeoutMs: 5000 }],
  ["statement_timeout=2min", { statementTimeoutMs: 120_000 }],
  ["statement_timeout=1h", { statementTimeoutMs: 3_600_000 }],
  ["statement_timeout=0", { statementTimeoutMs: 0 }],
  ["irreversible", { irreversible: true }],
  ["irreversible=true", { irreversible: true }],
  ["lock_timeout=1s,irreversible", { lockTimeoutMs: 1000, irreversible: true }],
];

for (const [text, read] of GOOD) {
  Deno.test(`parseDirectives() reads "${text}"`, () => {
    assert.deepEqual(parseDirectives(text, {}), {
      directives: read,
      faults: [],
    });
  });
}

const BAD: readonly (readonly [text: string, state: RegExp, hint: RegExp])[] = [
  ["transacton=off", /no directive "transacton"/, /did you mean "transaction"/],
  ["lock-timeout=5s", /no directive "lock-timeout"/, /mean "lock_timeout"/],
  ["isolation=x", /no directive/, /transaction, lock_timeout, statement_/],
  ["toString=1", /no directive "toString"/, /the directives are/],
  ["transaction=on", /"transaction" does not take "on"/, /"off"/],
  ["transaction", /does not take ""/, /"off"/],
  ["lock_timeout=5m", /does not take "5m"/, /"2min"/],
  ["lock_timeout=-1", /does not take "-1"/, /5s/],
  ["lock_timeout=1.5s", /does not take "1.5s"/, /5s/],
  ["lock_timeout=99999999h", /does not take/, /5s/],
  ["irreversible=false", /does not take "false"/, /"true", or no value/],
  ["", /is missing/, /the directives are/],
  ["irreversible,", /is missing/, /the directives are/],
  ["irreversible, irreversible", /given twice/, /keep one/],
];

for (const [text, state, hint] of BAD) {
  Deno.test(`parseDirectives() refuses "${text}"`, () => {
    const { faults } = parseDirectives(text, {});

    assert.equal(faults.length, 1);
    assert.match(faults[0]?.state ?? "", state);
    assert.match(faults[0]?.hint ?? "", hint);
  });
}

Deno.test("parseDirectives() adds to what earlier lines say", () => {
  const { directives, faults } = parseDirectives(
    "lock_timeout=1s, transaction=off",
    { transaction: "off" },
  );

  assert.deepEqual(directives, { transaction: "off", lockTimeoutMs: 1000 });
  assert.match(faults[0]?.state ?? "", /"transaction=off" is given twice/);
});

for (
  const [json, expected] of [
    [undefined, {}],
    ['{"transaction":"off","irreversible":true,"lockTimeoutMs":5}', {
      transaction: "off",
      irreversible: true,
      lockTimeoutMs: 5,
    }],
    ["null", {}],
    ["[]", {}],
    ['"off"', {}],
    ['{"transaction":"on","irreversible":"true"}', {}],
    [`{"lockTimeoutMs":"0; DROP TABLE a","statementTimeoutMs":-1}`, {}],
    ['{"lockTimeoutMs":1e10,"statementTimeoutMs":1.5}', {}],
  ] as const
) {
  Deno.test(`readKeptDirectives() reads ${json}`, () => {
    assert.deepEqual(readKeptDirectives(json), expected);
  });
}
