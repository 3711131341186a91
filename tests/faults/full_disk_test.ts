import { deepEqual, equal, match, ok } from "node:assert/strict";
import { join } from "node:path";
import {
  type EmbeddedPostgres,
  startPostgres,
} from "../../scripts/embedded_postgres.ts";
import { unprivilegedUser } from "../../scripts/postgres_keeper.ts";
import { runLockstep, spawnLockstep } from "../helpers/cli.ts";
import { type TestDatabase, withDatabase } from "../helpers/database.ts";
import { requireWholeLog, waitUntil, withBench } from "../helpers/faults.ts";
import { type ProjectFiles, withProject } from "../helpers/project.ts";

/**
 * A limit on the size of files that a process may write is the full disk of
 * those who may not mount one: PostgreSQL ignores the signal, so that writing
 * fails as it does without space. `prlimit` is part of util-linux.
 */
const HAS_PRLIMIT = await hasPrlimit();

async function hasPrlimit(): Promise<boolean> {
  try {
    return (await new Deno.Command("prlimit", { args: ["--version"] }).output())
      .success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      console.log("Without prlimit the disk cannot be made to look full");
      return false;
    }
    throw error;
  }
}

async function limitFiles(
  pid: number,
  limit: number | "unlimited",
): Promise<void> {
  // Without a second number the hard limit stays, and the way back is open.
  const { success, stderr } = await new Deno.Command("prlimit", {
    args: [`--pid=${pid}`, `--fsize=${limit}:`],
    ...unprivilegedUser(),
  }).output();
  ok(success, new TextDecoder().decode(stderr));
}

/** The process that starts the others, which take its limits over. */
async function postmaster({ dataDir }: EmbeddedPostgres): Promise<number> {
  const text = await Deno.readTextFile(join(dataDir, "postmaster.pid"));
  return Number(text.split("\n")[0]);
}

interface DiskBench {
  readonly server: EmbeddedPostgres;
  readonly db: TestDatabase;
  readonly options: {
    readonly cwd: string;
    readonly env: Readonly<Record<string, string>>;
  };
}

async function withServer(
  files: ProjectFiles,
  test: (bench: DiskBench) => Promise<void>,
): Promise<void> {
  await using server = await startPostgres();
  await withDatabase((db) =>
    withProject(files, async (cwd) => {
      await db.query("CREATE TABLE effects (id int)");
      const options = { cwd, env: { DATABASE_URL: db.url } };
      await test({ server, db, options });
    }), { server: server.url });
}

/** Larger than a segment of the WAL, which must still be written. */
const LIMIT_BYTES = 20 * 1024 * 1024;

const BIG = "INSERT INTO effects VALUES (2);\n" +
  "CREATE TABLE big AS SELECT n, repeat(md5(n::text), 30) AS filler " +
  "FROM generate_series(1, 40000) n;\n" +
  "INSERT INTO effects VALUES (3);\n";

for (
  const { header, code, left, told } of [
    { header: "", code: 5, left: [], told: /002_big .*failed, undone/ },
    {
      header: "-- lockstep: transaction=off\n",
      code: 6,
      left: [{ id: 2 }],
      told: /002_big .*stopped part-way/,
    },
  ]
) {
  Deno.test({
    name: `a migration that fills the disk leaves a true record ${header}`
      .trim(),
    ignore: !HAS_PRLIMIT,
    fn: () =>
      withServer({
        "001_first.sql": "INSERT INTO effects VALUES (1);\n",
        "002_big.sql": header + BIG,
        "003_last.sql": "INSERT INTO effects VALUES (4);\n",
      }, async ({ server, db, options }) => {
        const pid = await postmaster(server);
        await limitFiles(pid, LIMIT_BYTES);

        const full = await runLockstep(["migrate"], options);
        const status = await runLockstep(["status"], options);
        const between = await db.query("SELECT id FROM effects ORDER BY id");
        await limitFiles(pid, "unlimited");
        const next = await runLockstep(["migrate"], options);

        equal(full.code, code, full.stderr);
        match(full.stderr, /^error\[statement_failed\]: .*could not /m);
        match(full.stdout, told);
        match(status.stdout, /^1 applied, 2 pending, 1 failed/m);
        deepEqual(between, [{ id: 1 }, ...left]);
        equal(next.code, 0, next.stderr);
        deepEqual(
          await db.query("SELECT id FROM effects ORDER BY id"),
          [1, 2, 3, 4].map((id) => ({ id })),
        );
        await requireWholeLog(db);
      }),
  });
}

Deno.test({
  name: "a disk that is full when COMMIT is written undoes the migration",
  ignore: !HAS_PRLIMIT,
  fn: () =>
    withServer({
      "001_last.sql": "INSERT INTO effects VALUES (1);\n" +
        "DO $$ BEGIN WHILE NOT EXISTS (SELECT FROM go) LOOP " +
        "PERFORM pg_sleep(0.05); END LOOP; END $$;\n",
    }, async ({ server, db, options }) => {
      await db.query("CREATE TABLE go ()");
      const running = spawnLockstep(["migrate"], options);
      const worker = await workerOf(db);
      // Not enough for a page of WAL, which the server cannot go on without:
      // all its sessions end, and it recovers.
      await limitFiles(worker, 16_384);
      await db.query("INSERT INTO go DEFAULT VALUES");

      const full = await running.result;
      const status = await runLockstep(["status"], options);
      const next = await runLockstep(["migrate"], options);

      match(
        await Deno.readTextFile(server.logFile),
        /PANIC: .*could not write/,
      );
      equal(full.code, 7, full.stderr);
      match(
        full.stderr,
        /^error\[connection_lost\]: .*the server has rolled it back/m,
      );
      match(full.stdout, /001_last .*failed, undone/);
      match(status.stdout, /^0 applied, 1 pending, 1 failed/m);
      equal(next.code, 0, next.stderr);
      // The sessions of before have ended with the server.
      const again = await db.connect();
      const { rows } = await again.query("SELECT id FROM effects");
      deepEqual(rows, [{ id: 1 }]);
    }),
});

async function workerOf(db: TestDatabase): Promise<number> {
  let pid: unknown;
  await waitUntil("the migration waits", async () => {
    const rows = await db.query(
      "SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep' " +
        "AND datname = current_database()",
    );
    pid = rows[0]?.pid;
    return rows.length > 0;
  });
  return Number(pid);
}

Deno.test("a migration that needs too much temporary space leaves nothing", async () => {
  const files = {
    "001_sort.sql": "CREATE TABLE effects (id int);\n" +
      "SET temp_file_limit = '1MB'; SET work_mem = '64kB';\n" +
      "CREATE TABLE sorted AS SELECT n FROM generate_series(1, 500000) n " +
      "ORDER BY md5(n::text);\n",
  };
  await withBench(files, async ({ db, run }) => {
    const { code, stderr } = await run(["migrate"]);

    equal(code, 5, stderr);
    match(stderr, /^error\[statement_failed\]: .*temp_file_limit/m);
    match(stderr, /^sqlstate: 53400$/m);
    deepEqual(
      await db.query(
        "SELECT relname FROM pg_class WHERE relname IN ('effects', 'sorted')",
      ),
      [],
    );
    await requireWholeLog(db);
  });
});
