import { runLockstep } from "../tests/helpers/cli.ts";
import { withDatabase } from "../tests/helpers/database.ts";
import { withProject } from "../tests/helpers/project.ts";
import { startWireProxy } from "../tests/helpers/wire_proxy.ts";

/** How long a message takes, in each direction. */
const DELAY_MS = 25;

interface Row {
  readonly title: string;
  readonly connections: number;
  readonly login: number;
  readonly roundTrips: number;
  readonly seconds: number;
}

/** Counts the round trips of commands; a part of the page as Markdown. */
export async function measureRoundTrips(): Promise<string> {
  return render([
    await measure("status, no tables yet", { migrations: 1, args: ["status"] }),
    await measure("migrate, nothing to do", { migrations: 1, isDone: true }),
    await measure("migrate, 1 migration", { migrations: 1 }),
    await measure("migrate, 10 migrations", { migrations: 10 }),
    await measure("migrate, 100 migrations", { migrations: 100 }),
    await measure("rollback of 1 migration", {
      migrations: 10,
      isDone: true,
      args: ["rollback"],
    }),
  ]);
}

interface Work {
  readonly migrations: number;
  /** Whether they are applied before the measured command. */
  readonly isDone?: boolean;
  readonly args?: readonly string[];
}

async function measure(
  title: string,
  { migrations, isDone = false, args = ["migrate"] }: Work,
): Promise<Row> {
  const rows: Row[] = [];
  await withDatabase((db) =>
    withProject(smallMigrations(migrations), async (dir) => {
      if (isDone) await run(["migrate"], { dir, url: db.url });
      await using proxy = startWireProxy(db.url, { delayMs: DELAY_MS });
      const start = performance.now();
      await run(args, { dir, url: proxy.url });
      const seconds = (performance.now() - start) / 1_000;
      const sum = (name: "loginRoundTrips" | "roundTrips") =>
        proxy.traffic.reduce((total, one) => total + one[name], 0);
      rows.push({
        title,
        connections: proxy.traffic.length,
        login: sum("loginRoundTrips"),
        roundTrips: sum("roundTrips"),
        seconds,
      });
    })
  );
  const [row] = rows;
  if (row === undefined) throw new Error(`Cannot measure "${title}"`);
  return row;
}

function smallMigrations(count: number): Record<string, string> {
  const files: Record<string, string> = {};
  for (let number = 1; number <= count; number++) {
    const name = `${String(number).padStart(3, "0")}_table`;
    files[`${name}.sql`] = `CREATE TABLE t${number} (id int);\n` +
      `INSERT INTO t${number} VALUES (1);\n`;
    files[`rollbacks/${name}_down.sql`] = `DROP TABLE t${number};\n`;
  }
  return files;
}

async function run(
  args: readonly string[],
  { dir, url }: { readonly dir: string; readonly url: string },
): Promise<void> {
  const { code, stderr } = await runLockstep(args, {
    cwd: dir,
    env: { DATABASE_URL: url },
  });
  if (code !== 0) throw new Error(`Cannot measure as it said: ${stderr}`);
}

function render(rows: readonly Row[]): string {
  const lines = rows.map(({ title, connections, login, ...row }) =>
    `| ${title} | ${connections} | ${login} | ${row.roundTrips} | ${
      row.seconds.toFixed(2)
    } |`
  );
  return [
    "## Round trips",
    "",
    `Through a proxy that holds each message for ${DELAY_MS} ms in each`,
    "direction; logins are counted apart.",
    "",
    "| command | connections | login | round trips | seconds |",
    "|---|---:|---:|---:|---:|",
    ...lines,
    "",
  ].join("\n");
}
