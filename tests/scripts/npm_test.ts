import { equal, match, ok } from "node:assert/strict";
import { join } from "node:path";
import { startPostgres } from "../../scripts/embedded_postgres.ts";
import { makePackage } from "../../scripts/npm.ts";

const PROGRAM = `
import { DatabaseManager, MigrationManager } from "lockstep";

const database = new DatabaseManager({
  databaseUrl: process.env.DATABASE_URL,
});
const manager = new MigrationManager(database, { backupMethod: "copy" });
const result = await manager.migrate();
console.log(result.success, result.migrationsApplied, result.error?.message);
const backup = await manager.createBackup();
console.log(backup.success, backup.error?.message);
const back = await manager.rollback();
console.log(back.success, back.migrationsRolledBack);
await database.close();
`;

const SUITE = `
import { test } from "node:test";
import { equal } from "node:assert/strict";
import { withTestDatabase } from "lockstep/testing";

test("a database", () => withTestDatabase({}, async ({ url }) => {
  equal(new URL(url).protocol, "postgres:");
}));
`;

/** Wrong where the declarations are not what the program has. */
const TYPED = `
import { MigrationManager, type RunReport } from "lockstep";
import { createTestDatabase } from "lockstep/testing";

declare const manager: MigrationManager;
const report: RunReport = await manager.migrate({ dryRun: false });
export const applied: number = report.migrationsApplied;
export const url: string = (await createTestDatabase()).url;
// @ts-expect-error -- a plan has no such number
export const planned = (await manager.migrate({ dryRun: true })).migrationsApplied;
`;

const TSCONFIG = JSON.stringify({
  compilerOptions: {
    strict: true,
    noEmit: true,
    target: "esnext",
    module: "nodenext",
    lib: ["esnext"],
    types: ["node"],
  },
  files: ["typed.ts"],
});

Deno.test("the package for Node migrates, rolls back, and has types", async () => {
  await using server = await startPostgres();
  const dir = await Deno.makeTempDir({ prefix: "lockstep-npm-" });
  await makePackage(join(dir, "package"));
  await Deno.mkdir(join(dir, "migrations/rollbacks"), { recursive: true });
  const files = {
    "package.json": JSON.stringify({ type: "module" }),
    "program.js": PROGRAM,
    "tsconfig.json": TSCONFIG,
    "typed.ts": TYPED,
    "suite.test.js": SUITE,
    "migrations/001_a.sql": "CREATE TABLE a (id int);\n" +
      "CREATE INDEX CONCURRENTLY a_id ON a (id);\n",
    "migrations/rollbacks/001_a_down.sql": "DROP TABLE a;\n",
  };
  for (const [name, text] of Object.entries(files)) {
    await Deno.writeTextFile(join(dir, name), text);
  }
  await run({ cwd: dir }, "npm", [
    "install",
    "--no-audit",
    "--no-fund",
    "./package",
    "@types/node@20.19.25",
  ]);

  const said = await run(
    { cwd: dir, env: { DATABASE_URL: server.url } },
    "node",
    ["program.js"],
  );
  equal(said, "true 1 undefined\ntrue undefined\ntrue 1\n");

  const tested = await run(
    { cwd: dir, env: { DATABASE_URL: server.url } },
    "node",
    ["--test", "suite.test.js"],
  );
  match(tested, /pass 1\n/);

  const checked = await run({ cwd: dir }, Deno.execPath(), [
    ...["run", "--allow-all", "--no-config"],
    ...["npm:typescript@5.9.3/tsc", "-p", dir],
  ]);
  equal(checked, "");
  await Deno.remove(dir, { recursive: true });
});

async function run(
  options: { readonly cwd: string; readonly env?: Record<string, string> },
  command: string,
  args: readonly string[],
): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, {
    ...options,
    args: [...args],
  }).output();
  const decoder = new TextDecoder();
  const text = decoder.decode(stdout);
  ok(success, text + decoder.decode(stderr));
  return text;
}
