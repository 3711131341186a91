import { deepEqual, equal, match, ok } from "node:assert/strict";
import { startPostgres } from "../../scripts/embedded_postgres.ts";
import { runLockstep, spawnLockstep } from "../helpers/cli.ts";
import { connectTo } from "../helpers/connecting.ts";
import { type FaultBench, waitUntil, withBench } from "../helpers/faults.ts";
import { withProject } from "../helpers/project.ts";

const FILES = { "001_table.sql": "CREATE TABLE effects (id int);\n" };

async function requireNothingDone({ db }: FaultBench): Promise<void> {
  await waitUntil("the lock is free", async () =>
    (await db.query(
      "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND database = " +
        "(SELECT oid FROM pg_database WHERE datname = current_database())",
    )).length === 0);
  const tables = await db.query(
    "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace",
  );
  deepEqual(tables, []);
}

Deno.test("a role with one connection is told that a run needs two", async () => {
  await withBench(FILES, async (bench) => {
    const { db } = bench;
    const role = `limited_${db.name}`;
    await db.query(
      `CREATE ROLE ${role} LOGIN PASSWORD 'x' CONNECTION LIMIT 1; ` +
        `GRANT ALL ON SCHEMA public TO ${role}`,
    );
    const url = new URL(db.url);
    url.username = role;
    url.password = "x";

    const refused = await bench.run(["migrate"], { DATABASE_URL: url.href });
    await requireNothingDone(bench);
    await db.query(`ALTER ROLE ${role} CONNECTION LIMIT 2`);
    const next = await bench.run(["migrate"], { DATABASE_URL: url.href });
    await db.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);

    equal(refused.code, 7, refused.stderr);
    match(refused.stderr, /error\[cannot_connect\]: /);
    ok(refused.stderr.includes("too many connections"), refused.stderr);
    match(refused.stderr, /hint: .*two connections/);
    equal(next.code, 0, next.stderr);
  });
});

Deno.test("a server without a free connection is told as such", async () => {
  await using server = await startPostgres({
    settings: { max_connections: "5", superuser_reserved_connections: "0" },
  });
  await withProject(FILES, async (dir) => {
    const options = { cwd: dir, env: { DATABASE_URL: server.url } };
    const others = [];
    for (let count = 0; count < 4; count++) {
      others.push(await connectTo(server.url));
    }

    const second = await runLockstep(["migrate"], options);
    others.push(await connectTo(server.url));
    const first = await runLockstep(["migrate"], options);
    for (const other of others.splice(0, 2)) await other.close();
    const next = await runLockstep(["migrate"], options);
    for (const other of others) await other.close();

    for (const { code, stderr } of [second, first]) {
      equal(code, 7, stderr);
      match(stderr, /error\[cannot_connect\]: .*too many clients/);
    }
    equal(next.code, 0, next.stderr);
  });
});

Deno.test("a role is told that the last connections are not for it", async () => {
  await using server = await startPostgres({
    settings: { max_connections: "6", superuser_reserved_connections: "3" },
  });
  await withProject(FILES, async (dir) => {
    await using admin = await connectTo(server.url);
    await admin.run(
      "CREATE ROLE plain LOGIN PASSWORD 'x'; GRANT ALL ON SCHEMA public TO plain",
    );
    const url = new URL(server.url);
    url.username = "plain";
    url.password = "x";
    const options = { cwd: dir, env: { DATABASE_URL: url.href } };
    const others = [await connectTo(server.url), await connectTo(server.url)];

    const refused = await runLockstep(["migrate"], options);
    for (const other of others) await other.close();
    const next = await runLockstep(["migrate"], options);

    equal(refused.code, 7, refused.stderr);
    match(refused.stderr, /error\[cannot_connect\]: .*reserved/);
    equal(next.code, 0, next.stderr);
  });
});

/** Goes on when somebody else has put a row into the table `go`. */
const WAITING = "DO $$ BEGIN WHILE NOT EXISTS (SELECT FROM go) LOOP " +
  "PERFORM pg_sleep(0.05); END LOOP; END $$;\n";

Deno.test("a run whose new session is refused stops between two migrations", async () => {
  await using server = await startPostgres({
    settings: { max_connections: "5", superuser_reserved_connections: "0" },
  });
  const files = {
    ...FILES,
    "002_default.sql": "ALTER DATABASE postgres SET work_mem = '5MB';\n" +
      "INSERT INTO effects VALUES (2);\n" + WAITING,
    "003_later.sql": "INSERT INTO effects VALUES (3);\n",
  };
  await withProject(files, async (dir) => {
    const options = { cwd: dir, env: { DATABASE_URL: server.url } };
    await using other = await connectTo(server.url);
    await other.run("CREATE TABLE go ()");
    const running = spawnLockstep(["migrate"], options);
    await running.waitForOutput("002_default");
    const fillers = [await connectTo(server.url), await connectTo(server.url)];
    await other.run("INSERT INTO go DEFAULT VALUES");

    const stopped = await running.result;
    for (const filler of fillers) await filler.close();
    const next = await runLockstep(["migrate"], options);

    equal(stopped.code, 7, stopped.stderr);
    match(stopped.stderr, /error\[cannot_connect\]: .*too many clients/);
    match(stopped.stdout, /002_default +[0-9].*\n.*003_later .*not run/);
    equal(next.code, 0, next.stderr);
    const [answer] = await other.run("SELECT id FROM effects ORDER BY id");
    deepEqual(answer?.rows, [["2"], ["3"]]);
  });
});
