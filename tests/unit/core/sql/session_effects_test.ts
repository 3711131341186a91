import { equal } from "node:assert/strict";
import {
  mayChangeSessionDefaults,
  setsSession,
} from "../../../../src/core/sql/session_effects.ts";

const SETTERS: readonly (readonly [sql: string, sets: boolean])[] = [
  ["SET search_path = app", true],
  ["SET SESSION search_path TO app", true],
  ["set role app", true],
  ["SET SESSION AUTHORIZATION app", true],
  ["RESET ALL", true],
  ["SELECT set_config('search_path', '', false)", true],
  ["SELECT pg_catalog.set_config('search_path', '', false)", true],
  ["SELECT set_config('search_path', '', true)", false],
  ["SELECT set_config('a', f(), false)", false],
  ["SELECT set_config('a', 'b', false) FROM t", false],
  ["SET LOCAL search_path = app", false],
  ["SET TRANSACTION READ ONLY", false],
  ["SET CONSTRAINTS ALL DEFERRED", false],
  ["INSERT INTO t VALUES (1)", false],
];

for (const [sql, sets] of SETTERS) {
  Deno.test(`setsSession() is ${sets} for ${sql}`, () => {
    equal(setsSession(sql), sets);
  });
}

const BLOCKS: readonly (readonly [sql: string, changes: boolean])[] = [
  [
    "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET a = 1', x); END $$",
    true,
  ],
  ["do $$ begin execute 'alter role app set a to 1'; end $$", true],
  ["DO $$ BEGIN EXECUTE 'ALTER TABLE t SET (a = 1)'; END $$", false],
  ["SELECT 'ALTER DATABASE x SET a = 1'", false],
];

for (const [sql, changes] of BLOCKS) {
  Deno.test(`mayChangeSessionDefaults() is ${changes} for ${sql}`, () => {
    equal(mayChangeSessionDefaults(sql), changes);
  });
}
