import { deepEqual, equal, ok } from "node:assert/strict";
import {
  type EmbeddedPostgres,
  startPostgres,
} from "../../scripts/embedded_postgres.ts";
import { type CliResult, spawnLockstep } from "../helpers/cli.ts";
import { repeatFault } from "../helpers/fault_loop.ts";
import {
  faultCount,
  pause,
  seededRandom,
  versionOf,
  withBench,
} from "../helpers/faults.ts";
import { mixedMigrations } from "../helpers/mixed_migrations.ts";
import { withProject } from "../helpers/project.ts";
import { connectTo } from "../helpers/connecting.ts";
import { readLogBreaks } from "../../src/io/postgres/history_store.ts";
import { trackingNames } from "../../src/io/postgres/tracking_sql.ts";

const MIGRATIONS = 20;

function insertingMigrations(): Record<string, string> {
  const files: Record<string, string> = {
    "001_effects.sql": "CREATE TABLE effects (id int);\n" +
      "INSERT INTO effects VALUES (1);\n",
  };
  for (let number = 2; number <= MIGRATIONS; number++) {
    files[`${versionOf(number)}_insert.sql`] = number % 5 === 0
      ? `CREATE INDEX CONCURRENTLY i${number} ON effects (id);\n` +
        `INSERT INTO effects VALUES (${number});\n`
      : `INSERT INTO effects VALUES (${number});\nSELECT pg_sleep(0.02);\n`;
  }
  return files;
}

/**
 * What is committed without waiting for the disk stays off it for long: a
 * crash of the server undoes more than it would by default.
 */
const SLOW_TO_DISK = { wal_writer_delay: "10s", autovacuum: "off" };

interface Server {
  readonly server: EmbeddedPostgres;
  readonly dir: string;
}

function start({ server, dir }: Server) {
  return spawnLockstep(["migrate", "--json"], {
    cwd: dir,
    env: { DATABASE_URL: server.url, LANG: "C.UTF-8" },
  });
}

/** Versions that a run says it has applied. */
function reported({ stdout }: CliResult): readonly string[] {
  const report = JSON.parse(stdout);
  const steps: { version: string; status: string }[] = report.steps ?? [];
  return steps.filter(({ status }) => status === "done")
    .map(({ version }) => version);
}

async function readColumn(
  { server }: Server,
  sql: string,
): Promise<readonly (string | undefined)[]> {
  await using connection = await connectTo(server.url);
  const [answer] = await connection.run(sql);
  return (answer?.rows ?? []).map(([value]) => value);
}

/** None when the tracking table has not been made, or was undone. */
async function readApplied(
  one: Server,
): Promise<readonly (string | undefined)[]> {
  const [table] = await readColumn(
    one,
    "SELECT to_regclass('schema_migrations')",
  );
  if (table === undefined) return [];
  return await readColumn(
    one,
    "SELECT version FROM schema_migrations WHERE success ORDER BY version",
  );
}

async function requireAllOnce(one: Server): Promise<void> {
  const numbers = Array.from({ length: MIGRATIONS }, (_, index) => index + 1);
  deepEqual(
    await readColumn(one, "SELECT id FROM effects ORDER BY id"),
    numbers.map(String),
  );
  deepEqual(await readApplied(one), numbers.map(versionOf));
  deepEqual(
    await readColumn(
      one,
      "SELECT indexrelid::regclass FROM pg_index " +
        "WHERE indrelid = 'effects'::regclass AND indisvalid ORDER BY indexrelid",
    ),
    ["i5", "i10", "i15", "i20"],
  );
  await using connection = await connectTo(one.server.url);
  const names = trackingNames("public.schema_migrations");
  deepEqual(await readLogBreaks(connection, names), []);
}

Deno.test("what a crashed server has undone is not reported as applied, and done again", async () => {
  await using server = await startPostgres({ settings: SLOW_TO_DISK });
  await withProject(insertingMigrations(), async (dir) => {
    const one = { server, dir };
    const random = seededRandom("server crashes");
    let told: string[] = [];
    for (let crash = 0; crash < faultCount(60); crash++) {
      const running = start(one);
      await running.waitForOutput("Applying").catch(() => {});
      await pause(random() * 250);
      await server.restart("immediate");
      const result = await running.result;

      ok([0, 6, 7].includes(result.code), result.stdout + result.stderr);
      const there = await readApplied(one);
      told = [...told, ...reported(result)];
      deepEqual(told.filter((version) => !there.includes(version)), []);
    }

    const last = await start(one).result;
    equal(last.code, 0, last.stdout);
    await requireAllOnce(one);
  });
});

Deno.test("what a run that is told to stop reports as applied survives a crash of the server", async () => {
  await using server = await startPostgres({ settings: SLOW_TO_DISK });
  const files: Record<string, string> = {
    "001_effects.sql": "CREATE TABLE effects (id int);\n",
  };
  for (let number = 2; number <= 400; number++) {
    files[`${versionOf(number)}_insert.sql`] =
      `INSERT INTO effects VALUES (${number});\n`;
  }
  await withProject(files, async (dir) => {
    const one = { server, dir };
    const random = seededRandom("stopped runs");
    let stopped = 0;
    for (let crash = 0; crash < faultCount(40); crash++) {
      const running = start(one);
      await running.waitForOutput("Applying").catch(() => {});
      await pause(random() * 60);
      running.kill("SIGINT");
      const result = await running.result;
      await server.restart("immediate");

      if (result.code === 130) stopped++;
      const there = await readApplied(one);
      const lost = reported(result)
        .filter((version) => !there.includes(version));
      deepEqual(lost, [], result.stdout);
    }

    ok(stopped > 0);
    const last = await start(one).result;
    equal(last.code, 0, last.stdout);
    const [count] = await readColumn(one, "SELECT count(*) FROM effects");
    equal(count, "399");
  });
});

Deno.test("runs whose server crashes again and again do and undo everything exactly once", async () => {
  await using server = await startPostgres({ settings: SLOW_TO_DISK });
  await withBench(mixedMigrations(30), async (bench) => {
    await repeatFault(bench, {
      name: "pg_ctl stop -m immediate",
      times: faultCount(60),
      migrations: 30,
      atWorkMs: 300,
      exits: [6, 7],
      strike: () => server.restart("immediate"),
    });
  }, { server: server.url });
});
