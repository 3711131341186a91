import { deepEqual, equal, ok } from "node:assert/strict";
import { join } from "node:path";
import { binaryPath } from "../helpers/cli.ts";
import { countFault } from "../helpers/fault_counts.ts";
import {
  type FaultBench,
  readStates,
  requireWholeLog,
  waitUntil,
  withBench,
} from "../helpers/faults.ts";
import type { ProjectFiles } from "../helpers/project.ts";

/** Far more than a pipe holds, which is 64 KB. */
const LOUD = "DO $$ BEGIN FOR i IN 1..400 LOOP RAISE NOTICE '%', " +
  "repeat('x', 1000); END LOOP; END $$;\n";

const FILES: ProjectFiles = {
  "001_effects.sql": "CREATE TABLE effects (id int);\n" + LOUD,
  "002_mixed.sql": "INSERT INTO effects VALUES (1);\nVACUUM effects;\n" +
    LOUD + "INSERT INTO effects VALUES (2);\n",
  "003_last.sql": "INSERT INTO effects VALUES (3);\n",
};
const FAILING: ProjectFiles = {
  ...FILES,
  "004_wrong.sql": LOUD + "SELECT wrong;\n",
};

/** What a shell does with the output, and how the runs must end. */
const CASES: Readonly<
  Record<string, { readonly shell: string; readonly done: number }>
> = {
  "whose reader never reads": { shell: "$RUN | true", done: 0 },
  "whose reader leaves early": { shell: "$RUN | head -1", done: 0 },
  "whose readers both leave": { shell: "$RUN 2>&1 | head -1", done: 0 },
  "whose stderr has no reader": {
    shell: "$RUN 3>&1 >/dev/null 2>&3 | true",
    done: 0,
  },
  "whose stdout is a full disk": { shell: "$RUN >/dev/full", done: 1 },
  "whose stderr is a full disk": { shell: "$RUN 2>/dev/full", done: 0 },
  "that has full disks only": { shell: "$RUN >/dev/full 2>&1", done: 1 },
  "whose stdout is closed": { shell: "$RUN >&-", done: 0 },
  "whose stderr is closed": { shell: "$RUN 2>&-", done: 0 },
  "whose streams are all closed": { shell: "$RUN <&- >&- 2>&-", done: 0 },
};

for (const [name, { shell, done }] of Object.entries(CASES)) {
  Deno.test(`a run ${name} does all its work and exits ${done}`, async () => {
    await withBench(FILES, async (bench) => {
      const { code, stderr } = await runInShell(bench, shell, "migrate");

      equal(code, done, stderr);
      ok(!stderr.includes("    at "), stderr);
      deepEqual(await readStates(bench.db), [
        "001 applied",
        "002 applied",
        "003 applied",
      ]);
      await requireWholeLog(bench.db);
    });
  });

  Deno.test(`a run ${name} exits 5 when a migration fails`, async () => {
    await withBench(FAILING, async (bench) => {
      const { code, stderr } = await runInShell(bench, shell, "migrate --json");

      equal(code, 5, stderr);
      ok(!stderr.includes("    at "), stderr);
      deepEqual((await readStates(bench.db)).at(-1), "004 open");
      await requireWholeLog(bench.db);
    });
  });
}

Deno.test("status tells its exit code also when nobody reads", async () => {
  await withBench(FILES, async (bench) => {
    const { code, stderr } = await runInShell(
      bench,
      "$RUN | head -0",
      "status --exit-code",
    );

    equal(code, 3, stderr);
    ok(!stderr.includes("    at "), stderr);
  });
});

/** The code of lockstep itself, wherever its output goes. */
async function runInShell(
  { db, dir }: FaultBench,
  shell: string,
  args: string,
): Promise<{ readonly code: number; readonly stderr: string }> {
  const run = `{ "$LOCKSTEP" ${args}; echo $? >"$CODE"; }`;
  const path = join(dir, "code");
  const { stderr } = await new Deno.Command("sh", {
    args: ["-c", shell.replace("$RUN", run)],
    cwd: dir,
    clearEnv: true,
    env: {
      DATABASE_URL: db.url,
      PATH: Deno.env.get("PATH") ?? "",
      LOCKSTEP: binaryPath(),
      CODE: path,
    },
    stdin: "null",
    stdout: "null",
  }).output();
  const text = await Deno.readTextFile(path);
  return { code: Number(text), stderr: new TextDecoder().decode(stderr) };
}

async function waitForEnd({ db }: FaultBench): Promise<void> {
  await waitUntil("all is applied and no session is left", async () => {
    const [row] = await db.query(
      "SELECT to_regclass('schema_migrations') IS NOT NULL AS started, " +
        "(SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE " +
        "'lockstep/%' AND datname = current_database())::int AS sessions",
    );
    return row?.["started"] === true && row["sessions"] === 0 &&
      (await readStates(db)).length === 3;
  });
}

function spawnUnread({ db, dir }: FaultBench): Deno.ChildProcess {
  return new Deno.Command(binaryPath(), {
    args: ["migrate"],
    cwd: dir,
    clearEnv: true,
    env: { DATABASE_URL: db.url },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

Deno.test("a reader that does not read holds up neither run nor lock", async () => {
  await withBench(FILES, async (bench) => {
    const child = spawnUnread(bench);

    await waitForEnd(bench);
    const { code, stdout, stderr } = await child.output();

    countFault("a reader that does not read", {
      injected: 1,
      misreported: code === 0 ? 0 : 1,
    });
    const text = new TextDecoder();
    ok(text.decode(stdout).includes("Applied 3 migrations"));
    const notices = text.decode(stderr).match(/NOTICE: x{1000}/g)?.length;
    equal(notices, 800);
  });
});

Deno.test("a signal ends the wait for a reader when all is done", async () => {
  await withBench(FILES, async (bench) => {
    const child = spawnUnread(bench);
    await waitForEnd(bench);

    // It may still be at its last answers, when it would stop with all done.
    const timer = setInterval(() => killIfAlive(child), 500);
    const { code } = await child.status;
    clearInterval(timer);
    await Promise.all([child.stdout.cancel(), child.stderr.cancel()]);

    equal(code, 143);
    await requireWholeLog(bench.db);
  });
});

function killIfAlive(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGTERM");
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
}
