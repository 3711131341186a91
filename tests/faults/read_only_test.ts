import { deepEqual, equal, match, ok } from "node:assert/strict";
import { join } from "node:path";
import { startPostgres } from "../../scripts/embedded_postgres.ts";
import { runLockstep } from "../helpers/cli.ts";
import { withBench } from "../helpers/faults.ts";
import { withProject, writeMigrations } from "../helpers/project.ts";

const FILES = {
  "001_table.sql": "CREATE TABLE effects (id int);\n",
  "rollbacks/001_table_down.sql": "DROP TABLE effects;\n",
};
const PENDING = { "002_more.sql": "INSERT INTO effects VALUES (2);\n" };

Deno.test("a standby is not migrated, and status works on it", async () => {
  await using server = await startPostgres();
  await withProject(FILES, async (dir) => {
    const options = { cwd: dir, env: { DATABASE_URL: server.url } };
    await runLockstep(["migrate"], options);
    await server.halt("fast");
    await Deno.writeTextFile(join(server.dataDir, "standby.signal"), "");
    await server.resume();
    const nothing = await runLockstep(["migrate"], options);
    await writeMigrations(dir, PENDING);

    const migrate = await runLockstep(["migrate"], options);
    const rollback = await runLockstep(["rollback"], options);
    const init = await runLockstep(["init"], options);
    const plan = await runLockstep(["migrate", "--dry-run"], options);
    const status = await runLockstep(["status"], options);

    for (const { code, stderr } of [nothing, migrate, rollback, init]) {
      equal(code, 7, stderr);
      match(
        stderr,
        /^error\[read_only_server\]: Cannot write to .* as the server is a standby$/m,
      );
    }
    equal(plan.code, 0, plan.stderr);
    equal(status.code, 0, status.stderr);
    match(status.stdout, /001_table +applied/);
    match(status.stdout, /002_more +pending/);
  });
});

Deno.test("a database that is read only is not migrated, and status works on it", async () => {
  await withBench({ ...FILES, ...PENDING }, async (bench) => {
    await bench.run(["migrate", "001"]);
    await bench.db.query(
      `ALTER DATABASE ${bench.db.name} SET default_transaction_read_only = on`,
    );

    const migrate = await bench.run(["migrate"]);
    const status = await bench.run(["status"]);

    equal(migrate.code, 7, migrate.stderr);
    ok(
      migrate.stderr.includes(" as default_transaction_read_only is on\n"),
      migrate.stderr,
    );
    equal(status.code, 0, status.stderr);
    match(status.stdout, /002_more +pending/);
    deepEqual(await bench.db.query("SELECT id FROM effects"), []);
  });
});
