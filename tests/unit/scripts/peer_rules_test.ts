import { deepEqual } from "node:assert/strict";
import {
  SQUAWK_RULES,
  STRONG_MIGRATIONS_CHECKS,
} from "../../../scripts/peer_rules.ts";
import { RULES } from "../../../src/core/lint/rules/mod.ts";

const NAMES = RULES.map(({ name }) => name);

Deno.test("peer rules lead to rules that there are", () => {
  const led = [...SQUAWK_RULES, ...STRONG_MIGRATIONS_CHECKS]
    .flatMap((peer) => "rule" in peer ? [peer.rule] : []);

  deepEqual(led.filter((rule) => !NAMES.includes(rule)), []);
});

Deno.test("SQUAWK_RULES has what the rules say squawk calls them", () => {
  const names = SQUAWK_RULES.map(({ name }) => name);

  deepEqual(
    RULES.flatMap(({ squawk }) => squawk ?? [])
      .filter((name) => !names.includes(name)),
    [],
  );
});

Deno.test("peer rules name none twice", () => {
  const names = [...SQUAWK_RULES, ...STRONG_MIGRATIONS_CHECKS]
    .map(({ name }) => name);

  deepEqual(names, [...new Set(names)]);
});
