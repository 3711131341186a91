import {
  type BigMigrationKind,
  writeBigMigration,
} from "../helpers/big_migration.ts";
import { startWireProxy } from "../helpers/wire_proxy.ts";
import { type Contender, type Job, LOCKSTEP } from "./contenders.ts";
import {
  type Entry,
  measureInRounds,
  type Sample,
  type Series,
  timeJob,
} from "./measure.ts";
import { lightMigrations, smallMigrations } from "./migrations.ts";
import {
  applying,
  entryOf,
  onField,
  rollingBack,
  timeTogether,
  withAllApplied,
} from "./stage.ts";

/** A table of the page; the first series is what the others are compared with. */
export interface Table {
  readonly title: string;
  readonly note: string;
  readonly series: readonly Series[];
  /** Whether the peak of memory is of interest. */
  readonly hasPeak?: boolean;
}

/** The programs that are measured. */
export interface Programs {
  /** Prints a word and ends. */
  readonly empty: string;
  /** Connects, asks one question and ends. */
  readonly ask: string;
  readonly psql: Contender;
  readonly dbmate: Contender;
  readonly nodePgMigrate: Contender;
  readonly postgresMigrations: Contender;
}

/** A named group of tables. */
export interface Workload {
  readonly name: string;
  run(programs: Programs): Promise<readonly Table[]>;
}

/** All that is measured, in the order of the page. */
export const WORKLOADS: readonly Workload[] = [
  { name: "start", run: measureStart },
  { name: "no-op", run: measureNothingToDo },
  { name: "apply", run: measureApply },
  { name: "slow link", run: measureSlowLink },
  { name: "big files", run: measureBigFiles },
  { name: "rollback", run: measureRollback },
  { name: "runners", run: measureRunners },
];

async function measureStart({ empty }: Programs): Promise<readonly Table[]> {
  const { program } = LOCKSTEP.migrate({ dir: "/tmp", url: "" });
  const job = (path: string, ...args: string[]): Job => ({
    program: path,
    args,
    cwd: "/tmp",
    env: {},
  });
  const series = await measureInRounds([
    entryOf("an empty compiled program", job(empty)),
    entryOf("lockstep version", job(program, "version")),
    entryOf("lockstep help", job(program, "help")),
  ], 30);
  const note = "From the start of the process to its end.";
  return [{ title: "Start", note, series }];
}

async function measureNothingToDo(
  programs: Programs,
): Promise<readonly Table[]> {
  const tables: Table[] = [];
  for (const count of [10, 100, 1_000, 10_000]) {
    const series = await withAllApplied(
      [LOCKSTEP, programs.dbmate, programs.postgresMigrations],
      lightMigrations(count),
      (entries) =>
        onField(({ dir, url }) =>
          measureInRounds([asking(programs, { dir, url }), ...entries], 15)
        ),
    );
    tables.push({
      title: `Nothing to do, ${count.toLocaleString("en")} migrations`,
      note: "lockstep and postgres-migrations read every file and compare it " +
        "with its checksum; dbmate opens none.",
      series,
    });
  }
  return tables;
}

async function measureApply(programs: Programs): Promise<readonly Table[]> {
  const migrations = smallMigrations(1_000);
  const { psql, dbmate, nodePgMigrate, postgresMigrations } = programs;
  const series = await measureInRounds(
    [psql, LOCKSTEP, dbmate, nodePgMigrate, postgresMigrations]
      .map((contender) => applying(contender, migrations)),
    3,
  );
  const note = "psql runs all files in one transaction and records nothing; " +
    "node-pg-migrate runs all in one transaction, the others each in its own.";
  return [{ title: "1,000 small migrations", note, series }];
}

async function measureSlowLink(programs: Programs): Promise<readonly Table[]> {
  const contenders = [
    programs.psql,
    LOCKSTEP,
    programs.nodePgMigrate,
    programs.dbmate,
  ];
  const migrations = smallMigrations(200);
  const far = (contender: Contender): Entry => ({
    name: contender.name,
    run: () =>
      onField(async ({ dir, url }) => {
        await contender.write(dir, migrations);
        await using proxy = startWireProxy(url, { delayMs: 25 });
        return await timeJob(contender.migrate({ dir, url: proxy.url }));
      }),
  });
  const series = await measureInRounds(contenders.map(far), 1);
  return [{
    title: "200 small migrations over a link of 50 ms",
    note: "A proxy holds each message for 25 ms in each direction.",
    series,
  }];
}

async function measureBigFiles(programs: Programs): Promise<readonly Table[]> {
  const tables: Table[] = [];
  for (const { title, kind, others } of bigFilesFor(programs)) {
    const file = await Deno.makeTempFile({ prefix: "lockstep-bench-" });
    try {
      await writeBigMigration(file, kind, 50_000_000);
      const series = await measureInRounds(
        [programs.psql, LOCKSTEP, ...others].map((one) =>
          applyingBig(one, file)
        ),
        3,
      );
      const note = "With the peak of the memory of the program.";
      tables.push({ title, note, series, hasPeak: true });
    } finally {
      await Deno.remove(file);
    }
  }
  return tables;
}

function bigFilesFor({ dbmate }: Programs): readonly {
  readonly title: string;
  readonly kind: BigMigrationKind;
  readonly others: readonly Contender[];
}[] {
  return [
    { title: "50 MB of COPY data", kind: "copy", others: [] },
    {
      title: "50 MB of INSERTs of 1,000 rows",
      kind: "multi_insert",
      others: [dbmate],
    },
    {
      title: "50 MB of INSERTs of one row",
      kind: "single_insert",
      others: [dbmate],
    },
  ];
}

function applyingBig(contender: Contender, file: string): Entry {
  return {
    name: contender.name,
    run: () =>
      onField(async (field) => {
        await contender.placeBig?.(field.dir, file);
        return await timeJob(contender.migrate(field));
      }),
  };
}

async function measureRollback(programs: Programs): Promise<readonly Table[]> {
  const migrations = smallMigrations(100);
  const entries = [programs.psql, LOCKSTEP, programs.nodePgMigrate]
    .flatMap((contender) => rollingBack(contender, migrations));
  const note = "psql runs all down files in one transaction; dbmate and " +
    "postgres-migrations cannot roll back several at once.";
  const series = await measureInRounds(entries, 3);
  return [{ title: "Rollback of 100 small migrations", note, series }];
}

async function measureRunners(programs: Programs): Promise<readonly Table[]> {
  const migrations = smallMigrations(200);
  const runners = async (count: number): Promise<Sample> =>
    await onField(async (where) => {
      await LOCKSTEP.write(where.dir, migrations);
      return await timeTogether(LOCKSTEP.migrate(where), count);
    });
  const series = await measureInRounds([
    { name: "1 lockstep", run: () => runners(1) },
    { name: "50 lockstep at once", run: () => runners(50) },
    {
      name: "50 programs at once that only connect and ask",
      run: () => onField((where) => timeTogether(askJob(programs, where), 50)),
    },
  ], 3);
  const note = "All start at once; until the last one has ended well.";
  return [{ title: "50 runners of 200 small migrations", note, series }];
}

function asking(
  programs: Programs,
  where: { dir: string; url: string },
): Entry {
  const name = "a compiled program that connects and asks once";
  return entryOf(name, askJob(programs, where));
}

function askJob(
  { ask }: Programs,
  { dir, url }: { readonly dir: string; readonly url: string },
): Job {
  const env = { DATABASE_URL: url };
  return { program: ask, args: [], cwd: dir, env };
}
