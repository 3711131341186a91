import { deepEqual, equal, notEqual, ok } from "node:assert/strict";
import { RULES } from "../../../../src/core/lint/rules/mod.ts";
import { lintSql } from "./lint_sql.ts";

for (const rule of RULES) {
  Deno.test(`${rule.name} finds its bad example`, async () => {
    const codes = await lintSql(rule.bad);

    ok(codes.includes(rule.name), codes.join(" "));
  });

  Deno.test(`${rule.name} finds nothing in its good example`, async () => {
    const codes = await lintSql(rule.good);

    ok(!codes.includes(rule.name), codes.join(" "));
  });

  Deno.test(`${rule.name} is written as a rule`, () => {
    equal(/^[a-z]+(?:-[a-z]+)+$/.test(rule.name), true);
    equal(/[.…]$/.test(rule.summary), true, rule.summary);
    equal(/\.$/.test(rule.why), true, rule.why);
    equal(/^[^A-Z]|^[A-Z]{2}/.test(rule.instead), true, rule.instead);
    notEqual(rule.checkStatement ?? rule.checkFile, undefined);
  });
}

Deno.test("RULES names no rule twice", () => {
  const names = RULES.map(({ name }) => name);

  deepEqual(names, [...new Set(names)]);
});
