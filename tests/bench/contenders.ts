import { join } from "node:path";
import { fetchNpmPackage, fetchNpmTree } from "../../scripts/npm_package.ts";
import { binaryPath } from "../helpers/cli.ts";
import type { PlainMigration } from "./migrations.ts";

/** A program to run, and where. */
export interface Job {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Where a contender works. */
export interface Field {
  readonly dir: string;
  readonly url: string;
}

/** A tool that is measured, with its migrations in its own form. */
export interface Contender {
  readonly name: string;
  write(dir: string, migrations: readonly PlainMigration[]): Promise<void>;
  migrate(field: Field): Job;
  /** Takes back this many, where it can in one run. */
  rollback?(field: Field, count: number): Job;
  /** A file that is too big to be held in memory, as its only migration. */
  placeBig?(dir: string, file: string): Promise<void>;
}

/** The program under test. */
export const LOCKSTEP: Contender = {
  name: "lockstep",
  async write(dir, migrations) {
    await Deno.mkdir(join(dir, "migrations/rollbacks"), { recursive: true });
    for (const { number, name, up, down } of migrations) {
      const stem = join(dir, "migrations", `${padded(number)}_${name}`);
      await Deno.writeTextFile(`${stem}.sql`, up);
      const back = `rollbacks/${padded(number)}_${name}_down.sql`;
      await Deno.writeTextFile(join(dir, "migrations", back), down);
    }
  },
  migrate: (field) => lockstepJob(field, ["migrate"]),
  rollback: (field, count) =>
    lockstepJob(field, ["rollback", "--count", String(count)]),
  async placeBig(dir, file) {
    await Deno.mkdir(join(dir, "migrations"), { recursive: true });
    await Deno.link(file, join(dir, "migrations/00001_big.sql"));
  },
};

/**
 * psql with all files in one transaction and no record of them: what the
 * server and the connection take by themselves.
 */
export function psqlContender(program: string): Contender {
  const job = ({ dir, url }: Field, file: string): Job => ({
    program,
    args: ["-X", "-q", "-1", "-v", "ON_ERROR_STOP=1", "-f", file, url],
    cwd: dir,
    env: {},
  });
  return {
    name: "psql -1",
    async write(dir, migrations) {
      await Deno.writeTextFile(
        join(dir, "all.sql"),
        migrations.map(({ up }) => up).join("\n"),
      );
      await Deno.writeTextFile(
        join(dir, "back.sql"),
        migrations.map(({ down }) => down).toReversed().join("\n"),
      );
    },
    migrate: (field) => job(field, "all.sql"),
    rollback: (field) => job(field, "back.sql"),
    placeBig: (dir, file) => Deno.link(file, join(dir, "all.sql")),
  };
}

/** The other tool that is one executable. */
export async function dbmateContender(): Promise<Contender> {
  const folder = await fetchNpmPackage({
    name: "@dbmate/linux-x64",
    version: "2.36.0",
  });
  const program = join(folder, "bin/dbmate");
  await Deno.chmod(program, 0o755);
  return {
    name: "dbmate 2.36.0",
    async write(dir, migrations) {
      await Deno.mkdir(join(dir, "migrations"));
      for (const { number, name, up, down } of migrations) {
        await Deno.writeTextFile(
          join(dir, "migrations", `${timestamp(number)}_${name}.sql`),
          `-- migrate:up\n${up}\n-- migrate:down\n${down}`,
        );
      }
    },
    migrate: ({ dir, url }) => ({
      program,
      args: [
        "--no-dump-schema",
        "--migrations-dir",
        join(dir, "migrations"),
        "migrate",
      ],
      cwd: dir,
      env: { DATABASE_URL: withoutTls(url) },
    }),
    async placeBig(dir, file) {
      await Deno.mkdir(join(dir, "migrations"));
      const path = join(dir, "migrations/00000000000001_big.sql");
      await Deno.writeTextFile(path, "-- migrate:up\n");
      await append(file, path);
      const options = { append: true };
      await Deno.writeTextFile(path, "\n-- migrate:down\n", options);
    },
  };
}

/** The tool with the fewest round trips. */
export async function nodePgMigrateContender(): Promise<Contender> {
  const folder = await fetchNpmTree([
    { name: "node-pg-migrate", version: "9.0.0" },
    { name: "pg", version: "8.23.1" },
  ]);
  const script = "node_modules/node-pg-migrate/bin/node-pg-migrate.js";
  const job = ({ dir, url }: Field, args: readonly string[]): Job => ({
    program: "node",
    args: [join(folder, script), ...args, "-m", "migrations"],
    cwd: dir,
    env: { DATABASE_URL: url },
  });
  return {
    name: "node-pg-migrate 9.0.0",
    async write(dir, migrations) {
      await Deno.mkdir(join(dir, "migrations"));
      for (const { number, name, up, down } of migrations) {
        await Deno.writeTextFile(
          join(dir, "migrations", `${timestamp(number)}000_${name}.sql`),
          `-- Up Migration\n${up}\n-- Down Migration\n${down}`,
        );
      }
    },
    migrate: (field) => job(field, ["up"]),
    rollback: (field, count) => job(field, ["down", String(count)]),
  };
}

/** The tool that compares all files with their checksums the fastest. */
export async function postgresMigrationsContender(): Promise<Contender> {
  const folder = await fetchNpmTree([
    { name: "postgres-migrations", version: "5.3.0" },
  ]);
  return {
    name: "postgres-migrations 5.3.0",
    async write(dir, migrations) {
      await Deno.mkdir(join(dir, "migrations"));
      for (const { number, name, up } of migrations) {
        const file = join(dir, "migrations", `${padded(number)}_${name}.sql`);
        await Deno.writeTextFile(file, up);
      }
      await Deno.writeTextFile(join(dir, "run.cjs"), runnerOf(folder));
    },
    migrate: ({ dir, url }) => ({
      program: "node",
      args: ["run.cjs"],
      cwd: dir,
      env: { DATABASE_URL: url },
    }),
  };
}

/** It is a library, without a program of its own. */
function runnerOf(folder: string): string {
  const path = join(folder, "node_modules/postgres-migrations");
  return `const { migrate } = require(${JSON.stringify(path)});
const url = new URL(process.env.DATABASE_URL);
migrate({
  host: url.hostname,
  port: Number(url.port),
  database: url.pathname.slice(1),
  user: decodeURIComponent(url.username),
  password: decodeURIComponent(url.password),
}, "migrations").catch((error) => {
  console.error(error);
  process.exit(1);
});
`;
}

function lockstepJob({ dir, url }: Field, args: readonly string[]): Job {
  return {
    program: binaryPath(),
    args,
    cwd: dir,
    env: { DATABASE_URL: url, LOCKSTEP_BACKUP: "never" },
  };
}

/** It asks for encryption unless told. */
function withoutTls(url: string): string {
  const changed = new URL(url);
  changed.searchParams.set("sslmode", "disable");
  return changed.href;
}

async function append(from: string, to: string): Promise<void> {
  using source = await Deno.open(from);
  using target = await Deno.open(to, { append: true });
  await source.readable.pipeTo(target.writable, { preventClose: true });
}

function padded(number: number): string {
  return String(number).padStart(5, "0");
}

function timestamp(number: number): string {
  return String(20_260_101_000_000 + number);
}
