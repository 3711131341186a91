import { createMigration } from "../../src/io/create_migration.ts";

/** Creates a migration at a fixed time, for tests of many at once. */
const [cwd = "", name = ""] = Deno.args;
createMigration({
  dir: "m",
  cwd,
  name,
  author: "Ada",
  now: new Date("2025-01-05T12:00:00Z"),
  loaded: { migrations: [], findings: [] },
});
