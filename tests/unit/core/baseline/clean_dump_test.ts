import { doesNotMatch, equal, match, ok } from "node:assert/strict";
import { cleanDump } from "../../../../src/core/baseline/clean_dump.ts";

function section(name: string, type: string, sql: string): string {
  return `--\n-- Name: ${name}; Type: ${type}; Schema: ops; Owner: -\n--\n\n${sql}\n\n\n`;
}

const DUMP = `--
-- PostgreSQL database dump
--

\\restrict abc

-- Dumped from database version 18.4

SET client_encoding = 'UTF8';

${
  section("ops", "SCHEMA", "CREATE SCHEMA ops;").replace(
    "Schema: ops",
    "Schema: -",
  )
}${
  section(
    "get_migration_status()",
    "FUNCTION",
    "CREATE FUNCTION ops.get_migration_status() RETURNS int\n    AS $$SELECT 1$$;",
  )
}${
  section(
    "FUNCTION get_migration_status()",
    "ACL",
    "GRANT ALL ON FUNCTION ops.get_migration_status() TO app;",
  )
}${section("users", "TABLE", "CREATE TABLE ops.users (\n    id integer\n);")}${
  section(
    "get_migration_status(integer)",
    "FUNCTION",
    "CREATE FUNCTION ops.get_migration_status(integer) RETURNS int;",
  )
}--
-- PostgreSQL database dump complete
--

\\unrestrict abc
`;

const CLEAN = cleanDump(DUMP, {
  schema: "ops",
  function: { schema: "ops", name: "get_migration_status" },
});

Deno.test("cleanDump() leaves out the function of ours and its rights only", () => {
  doesNotMatch(CLEAN, /get_migration_status\(\)/);
  match(CLEAN, /CREATE FUNCTION ops\.get_migration_status\(integer\)/);
  match(CLEAN, /CREATE TABLE ops\.users/);
});

Deno.test("cleanDump() leaves out commands for psql", () => {
  doesNotMatch(CLEAN, /restrict/);
});

Deno.test("cleanDump() makes the schema of ours only where it is not there", () => {
  match(CLEAN, /^CREATE SCHEMA IF NOT EXISTS "ops";$/m);
});

Deno.test("cleanDump() leaves a schema of others as it is", () => {
  const dump = section("app", "SCHEMA", "CREATE SCHEMA app;");

  equal(
    cleanDump(dump, { schema: "ops", function: { name: "f" } }),
    dump.replace(/\n{3,}/g, "\n\n"),
  );
});

Deno.test("cleanDump() leaves the texts of strings and routines as they are", () => {
  const body =
    "CREATE FUNCTION app.f() RETURNS text\n    AS $$SELECT '\n\n\n\n" +
    "\\restrict x\n\\unrestrict x\n'$$;";

  const clean = [DUMP, section("f()", "FUNCTION", body)].map((dump) =>
    cleanDump(`${dump}${section("f()", "FUNCTION", body)}`, {
      schema: "ops",
      function: { name: "f" },
    })
  );

  ok(clean.every((dump) => dump.includes(body)));
});
