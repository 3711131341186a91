import { equal, match, ok } from "node:assert/strict";
import { statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type BigMigrationKind,
  writeBigMigration,
} from "../helpers/big_migration.ts";
import { withDatabase } from "../helpers/database.ts";
import { type MeasuredRun, measureLockstep } from "../helpers/measured_run.ts";
import { withProject } from "../helpers/project.ts";
import { findPsql } from "../helpers/psql_recorder.ts";
import { withRun } from "../helpers/run.ts";

/** The size of a big file; `scripts/deno task faults` makes it 2048. */
const MEGABYTES = Number(Deno.env.get("LOCKSTEP_BIG_FILE_MB") ?? "50");
const isLong = MEGABYTES > 50;
const psql = isLong ? await findPsql() : undefined;

/** What the collector of garbage may leave lying about, whatever the size. */
const SLACK_BYTES = 64 * 1024 ** 2;

/** The collector falls behind where other tests keep the processors busy. */
const RETRIES = isLong ? 0 : 2;

const KINDS: Readonly<Record<BigMigrationKind, string>> = {
  copy: "COPY data",
  single_insert: "INSERTs of one row",
  multi_insert: "INSERTs of 1,000 rows",
};

Deno.test(`${MEGABYTES} MB of COPY data need no more memory than 1 MB`, () =>
  requireConstantMemory("copy"));

Deno.test(`${MEGABYTES} MB of INSERTs of one row need no more memory than 1 MB`, () =>
  requireConstantMemory("single_insert"));

Deno.test(`${MEGABYTES} MB of INSERTs of 1,000 rows need no more memory than 1 MB`, () =>
  requireConstantMemory("multi_insert"));

Deno.test({
  name: "50 MB arrive as with psql, whose times are printed beside",
  ignore: psql === undefined,
  async fn() {
    for (const kind of ["copy", "single_insert", "multi_insert"] as const) {
      const run = await migrate(kind, 50);
      console.log(
        `${report(kind, 50, run)}; psql ${await timePsql(kind, 50)} s`,
      );
    }
  },
});

Deno.test("a statement over the limit is refused with its line before the run", async () => {
  const long = `INSERT INTO t VALUES ('${"x".repeat(3_000_000)}')`;
  const script = `CREATE TABLE t (a text);\n\n  ${long};\n`;
  await withRun({ "001_long.sql": script }, async ({ db, json, run }) => {
    const { code, error } = await json(
      "migrate",
      "--max-statement-size",
      "2MB",
    );

    equal(code, 3);
    equal(error?.code, "statement_too_long");
    match(error.message, /statement on line 3 is longer than 2097152 bytes/);
    equal(error.location?.path, "migrations/001_long.sql");
    equal(error.location.line, 3);
    equal(error.location.column, 3);
    const [found] = await db.query("SELECT to_regclass('t') AS t");
    equal(found?.["t"], null);
    equal((await run("migrate")).code, 0);
  });
});

async function requireConstantMemory(kind: BigMigrationKind): Promise<void> {
  requireSpace(MEGABYTES);

  const small = await migrate(kind, 1);
  console.log(report(kind, 1, small));

  ok(small.peakBytes > 0, "the peak must have been seen");
  const limit = small.peakBytes + SLACK_BYTES;
  let big = await migrateAndTell(kind);
  for (let left = RETRIES; left > 0 && big.peakBytes > limit; left--) {
    big = await migrateAndTell(kind);
  }
  ok(big.peakBytes <= limit, report(kind, MEGABYTES, big));
}

async function migrateAndTell(kind: BigMigrationKind): Promise<MeasuredRun> {
  const run = await migrate(kind, MEGABYTES);
  console.log(report(kind, MEGABYTES, run));
  return run;
}

/** The file, its table and the write-ahead log of both. */
function requireSpace(megabytes: number): void {
  const { bavail, bsize } = statfsSync(tmpdir());
  const needed = megabytes * 1_000_000 * 4;
  ok(bavail * bsize > needed, `${tmpdir()} needs ${needed} free bytes`);
}

async function migrate(
  kind: BigMigrationKind,
  megabytes: number,
): Promise<MeasuredRun> {
  return await withBigFile(kind, megabytes, async ({ dir, url, countRows }) => {
    const run = await measureLockstep(["migrate"], {
      cwd: dir,
      env: { DATABASE_URL: url, LANG: "C.UTF-8" },
    });
    equal(run.code, 0, run.stderr);
    await countRows();
    return run;
  });
}

async function timePsql(
  kind: BigMigrationKind,
  megabytes: number,
): Promise<string> {
  return await withBigFile(
    kind,
    megabytes,
    async ({ path, url, countRows }) => {
      const start = performance.now();
      const { success } = await new Deno.Command("psql", {
        args: ["-X", "-q", "-1", "-v", "ON_ERROR_STOP=1", "-f", path, url],
      }).output();
      ok(success);
      const seconds = (performance.now() - start) / 1_000;
      await countRows();
      return seconds.toFixed(1);
    },
  );
}

interface BigFile {
  readonly dir: string;
  readonly path: string;
  readonly url: string;
  /** All rows of the file must be there. */
  countRows(): Promise<void>;
}

async function withBigFile<Result>(
  kind: BigMigrationKind,
  megabytes: number,
  work: (file: BigFile) => Promise<Result>,
): Promise<Result> {
  const done = Promise.withResolvers<Result>();
  await withDatabase((db) =>
    withProject({}, async (dir) => {
      const path = join(dir, "migrations/001_big.sql");
      const rows = await writeBigMigration(path, kind, megabytes * 1_000_000);
      const result = await work({
        dir,
        path,
        url: db.url,
        async countRows() {
          const [found] = await db.query("SELECT count(*)::int FROM big");
          equal(found?.["count"], rows);
        },
      });
      done.resolve(result);
    })
  );
  return await done.promise;
}

function report(
  kind: BigMigrationKind,
  megabytes: number,
  { peakBytes, seconds }: MeasuredRun,
): string {
  const peak = (peakBytes / 1024 ** 2).toFixed(0);
  return `${megabytes} MB of ${KINDS[kind]}: peak ${peak} MiB, ` +
    `${seconds.toFixed(1)} s`;
}
