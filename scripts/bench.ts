import { cpus } from "node:os";
import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  dbmateContender,
  nodePgMigrateContender,
  postgresMigrationsContender,
  psqlContender,
} from "../tests/bench/contenders.ts";
import {
  bestSeconds,
  medianSeconds,
  peakOf,
  type Series,
} from "../tests/bench/measure.ts";
import {
  type Programs,
  type Table,
  WORKLOADS,
} from "../tests/bench/workloads.ts";
import { measureRoundTrips } from "./bench_round_trips.ts";
import { provideClientPrograms } from "./client_programs.ts";
import { compile, compileIfStale } from "./compile.ts";
import { startPostgres } from "./embedded_postgres.ts";
import { ROOT } from "./test_steps.ts";

const PAGE = "docs/performance.md";

if (import.meta.main) {
  Deno.chdir(ROOT);
  const [only] = Deno.args;
  const workloads = WORKLOADS.filter(({ name }) =>
    only === undefined || name === only
  );
  await compileIfStale();
  await provideClientPrograms();
  await using server = await startPostgres({ durability: "durable" });
  Deno.env.set("LOCKSTEP_TEST_DATABASE_URL", server.url);
  const limits = await Deno.makeTempDir({ prefix: "lockstep-bench-" });
  const parts: string[] = [];
  try {
    const programs = await assemble(limits);
    for (const workload of workloads) {
      const tables = await workload.run(programs);
      const text = tables.map(renderTable).join("\n");
      console.log(text);
      parts.push(text);
    }
  } finally {
    await Deno.remove(limits, { recursive: true });
  }
  if (only === undefined) {
    const roundTrips = await measureRoundTrips();
    console.log(roundTrips);
    await Deno.writeTextFile(PAGE, pageOf([...parts, roundTrips]));
  }
}

async function assemble(folder: string): Promise<Programs> {
  const limit = async (name: string) => {
    const program = join(folder, name);
    await compile(join(ROOT, `tests/bench/limits/${name}.ts`), program);
    return program;
  };
  return {
    empty: await limit("empty"),
    ask: await limit("ask"),
    psql: psqlContender(findPsql()),
    dbmate: await dbmateContender(),
    nodePgMigrate: await nodePgMigrateContender(),
    postgresMigrations: await postgresMigrationsContender(),
  };
}

/** Debian's psql in the PATH is a script, which takes longer than psql. */
function findPsql(): string {
  const found = [18, 17, 16, 15, 14, 13]
    .map((major) => `/usr/lib/postgresql/${major}/bin/psql`)
    .find((path) => existsSync(path));
  return found ?? "psql";
}

function renderTable({ title, note, series, hasPeak = false }: Table): string {
  const [limit] = series;
  const peak = hasPeak ? " peak |" : "";
  const rows = series.map((one) => {
    const ratio = limit === undefined ? NaN : ratioOf(one, limit);
    const memory = hasPeak ? ` ${megabytes(peakOf(one))} |` : "";
    return `| ${one.name} | ${formatSeconds(medianSeconds(one))} | ${
      formatSeconds(bestSeconds(one))
    } | ${ratio.toFixed(2)} |${memory}`;
  });
  return [
    `## ${title}`,
    "",
    note,
    "",
    `| | median | best | times the first |${peak}`,
    `|---|---:|---:|---:|${hasPeak ? "---:|" : ""}`,
    ...rows,
    "",
  ].join("\n");
}

/** The best runs are those that the machine has disturbed the least. */
function ratioOf(one: Series, limit: Series): number {
  return bestSeconds(one) / bestSeconds(limit);
}

function formatSeconds(seconds: number): string {
  return seconds < 1
    ? `${(seconds * 1_000).toFixed(0)} ms`
    : `${seconds.toFixed(2)} s`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(0)} MiB`;
}

function pageOf(parts: readonly string[]): string {
  const model = cpus()[0]?.model ?? "unknown";
  return `# Performance

What commands take, beside the least that they could take and beside other
tools, measured side by side on one machine.

- The executable is the one that \`scripts/deno task compile\` makes, on
  PostgreSQL 18 from \`scripts/postgres.ts\` with \`fsync\` on, over loopback.
- All entries of a table take turns, so that a busy moment hits none alone. The
  last column compares the best runs with the first line, which is the limit:
  **compare ratios, not milliseconds**.
- The machine: ${cpus().length} cores (${model}), Linux.

Made by this command, which writes this page; a word after it, such as
\`no-op\`, measures one part:

    scripts/deno task bench

${parts.join("\n")}`;
}
