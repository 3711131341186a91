import { deepEqual, equal, notEqual, ok } from "node:assert/strict";
import { join } from "node:path";
import { compareEffects, countFault } from "../helpers/fault_counts.ts";
import {
  type FaultBench,
  readStates,
  requireWholeLog,
  waitForStatement,
  withBench,
} from "../helpers/faults.ts";
import type { ProjectFiles } from "../helpers/project.ts";

/** Waits until the test opens the gate; no lock_timeout ends it. */
const GATE = "DO $$ BEGIN WHILE NOT EXISTS (SELECT FROM gate) LOOP " +
  "PERFORM pg_sleep(0.02); END LOOP; END $$;\n";
/** More than is read ahead of a statement that the server works on. */
const LONG = `SELECT length('${"x".repeat(700_000)}');\n`;
const FILLER = `-- ${"x".repeat(200)}\n`.repeat(1_000);
/** Behind so long a file, the next one is only read when it is done. */
const LONG_GATE = FILLER + GATE;
/**
 * `SELECT 1` waits for room in the pipeline until the gate is open: by then
 * the next statement is read, and the one after it is not.
 */
const SLOW = insert(31) + GATE + LONG + LONG + "SELECT 1;\n" + FILLER +
  insert(32) + FILLER + insert(33);

function insert(...ids: readonly number[]): string {
  return ids.map((id) => `INSERT INTO effects VALUES (${id});\n`).join("");
}

/** What is done to a file, which is `003` or the way back from it. */
interface Change {
  readonly name: string;
  apply(path: string, content: string): Promise<void>;
}

function rewrite(change: (content: string) => string): Change["apply"] {
  return (path, content) => Deno.writeTextFile(path, change(content));
}

async function replace(path: string, content: string): Promise<void> {
  await Deno.writeTextFile(`${path}.new`, content);
  await Deno.rename(`${path}.new`, path);
}

async function instead(
  path: string,
  make: (path: string) => Promise<unknown>,
): Promise<void> {
  await Deno.remove(path);
  await make(path);
}

const CHANGES: readonly Change[] = [
  { name: "grows", apply: rewrite((sql) => `${sql}${insert(99)}`) },
  { name: "shrinks", apply: rewrite((sql) => sql.slice(0, -4)) },
  { name: "is emptied", apply: rewrite(() => "") },
  {
    name: "is edited in place",
    apply: rewrite((sql) => sql.replaceAll("VALUES (3", "VALUES (9")),
  },
  {
    name: "changes in a comment only",
    apply: rewrite((sql) => `${sql}-- more\n`),
  },
  {
    name: "gets a directive",
    apply: rewrite((sql) => `-- lockstep: statement_timeout=9s\n${sql}`),
  },
  {
    name: "gets a COMMIT",
    apply: rewrite((sql) => sql.replace(";\n", ";\nCOMMIT;\n")),
  },
  {
    name: "gets an open quote",
    apply: rewrite((sql) => `${sql}SELECT 'no end;\n`),
  },
  {
    name: "is replaced",
    apply: (path, sql) => replace(path, sql.replace("VALUES (3", "VALUES (9")),
  },
  { name: "is deleted", apply: (path) => Deno.remove(path) },
  {
    name: "turns into a folder",
    apply: (path) => instead(path, (name) => Deno.mkdir(name)),
  },
  {
    name: "turns into a pipe",
    apply: (path) =>
      instead(path, async (name) => {
        const { success } = await new Deno.Command("mkfifo", { args: [name] })
          .output();
        ok(success);
      }),
  },
  {
    name: "turns into a link out of the folder",
    apply: async (path, sql) => {
      const outside = join(path, "../../../outside.sql");
      await Deno.writeTextFile(outside, sql.replace("VALUES (3", "VALUES (9"));
      await instead(path, (name) => Deno.symlink(outside, name));
    },
  },
  {
    name: "turns into a loop of links",
    apply: (path) => instead(path, (name) => Deno.symlink(name, name)),
  },
];

/** Scripts whose parts commit in different ways; each leaves 31, 32, 33. */
const SCRIPTS: Readonly<Record<string, string>> = {
  "a transaction": insert(31, 32, 33),
  "several transactions": insert(31) + "VACUUM effects;\n" + insert(32) +
    "ALTER TYPE mood ADD VALUE 'new';\nINSERT INTO moods VALUES ('new');\n" +
    insert(33),
  "no transaction": "-- lockstep: transaction=off\n" + insert(31, 32) +
    "COPY effects FROM stdin;\n33\n\\.\n",
};

const TABLES = "CREATE TABLE effects (id int);\nCREATE TABLE gate (id int);\n" +
  "CREATE TYPE mood AS ENUM ('old');\nCREATE TABLE moods (mood mood);\n";

async function withGate(
  files: ProjectFiles,
  test: (bench: FaultBench, gate: Gate) => Promise<void>,
): Promise<void> {
  await withBench({ "001_tables.sql": TABLES, ...files }, async (bench) => {
    const first = await bench.run(["migrate", "001"]);
    equal(first.code, 0, first.stderr);
    await test(bench, {
      reached: () => waitForStatement(bench.db, "FROM gate"),
      async open() {
        await bench.db.query("INSERT INTO gate VALUES (1)");
      },
    });
  });
}

interface Gate {
  /** Waits until a migration stands before it. */
  reached(): Promise<void>;
  open(): Promise<void>;
}

async function effectsOf({ db }: FaultBench): Promise<readonly unknown[]> {
  const rows = await db.query("SELECT id FROM effects ORDER BY id");
  return rows.map(({ id }) => id);
}

for (const [kind, script] of Object.entries(SCRIPTS)) {
  Deno.test(`what changes between planning and running is not run: ${kind}`, async (t) => {
    for (const change of CHANGES) {
      await t.step(
        `a file that ${change.name}`,
        () => changeBeforeItsTurn(script, change),
      );
    }
  });
}

async function changeBeforeItsTurn(
  script: string,
  change: Change,
): Promise<void> {
  const files = { "002_gate.sql": LONG_GATE, "003_changed.sql": script };
  await withGate(files, async (bench, gate) => {
    const path = join(bench.dir, "migrations/003_changed.sql");
    const running = bench.spawn(["migrate", "--json"]);
    await gate.reached();

    await change.apply(path, script);
    await gate.open();
    const { code, stdout, stderr } = await running.result;

    const { error, steps } = JSON.parse(stdout);
    // What is the same up to a comment may have run in part, and says so.
    const isPart = code === 6;
    ok(code === 3 || isPart, `${code} ${stdout} ${stderr}`);
    equal(steps[1].status, isPart ? "partial" : "failed", stdout);
    if (isPart) ok(error.message.includes("its file changed"), stdout);
    const found = await effectsOf(bench);
    ok(found.every((id) => [31, 32, 33].includes(Number(id))), `${found}`);
    if (!isPart) deepEqual(found, []);
    deepEqual(
      await readStates(bench.db),
      ["001 applied", "002 applied", "003 open"],
    );
    await requireWholeLog(bench.db);

    await Deno.remove(path, { recursive: true }).catch(() => {});
    await Deno.writeTextFile(path, script);
    const next = await bench.run(["migrate"]);

    equal(next.code, 0, next.stderr);
    countFault("a file of migrations changed between planning and running", {
      injected: 1,
      ...compareEffects([31, 32, 33], await effectsOf(bench)),
    });
  });
}

/** What the open file shows: a file that took its place it does not. */
const SEEN = CHANGES.slice(
  0,
  CHANGES.findIndex(({ name }) => name === "is replaced"),
);

Deno.test("what changes while it runs is rolled back", async (t) => {
  const script = SLOW;
  for (const change of SEEN) {
    await t.step(
      `a file that ${change.name}`,
      () =>
        withGate({ "003_changed.sql": script }, async (bench, gate) => {
          const path = join(bench.dir, "migrations/003_changed.sql");
          const running = bench.spawn(["migrate"]);
          await gate.reached();

          await change.apply(path, script);
          await gate.open();
          const { code, stderr } = await running.result;

          notEqual(code, 0, stderr);
          deepEqual(await effectsOf(bench), []);
          deepEqual(await readStates(bench.db), ["001 applied", "003 open"]);
          await Deno.writeTextFile(path, script);
          const next = await bench.run(["migrate"]);
          equal(next.code, 0, next.stderr);
          countFault("a file of migrations changed while it ran", {
            injected: 1,
            ...compareEffects([31, 32, 33], await effectsOf(bench)),
          });
        }),
    );
  }
});

Deno.test("a file that another takes the place of while it runs is run as it was", async () => {
  const script = SLOW;
  await withGate({ "003_changed.sql": script }, async (bench, gate) => {
    const path = join(bench.dir, "migrations/003_changed.sql");
    const running = bench.spawn(["migrate"]);
    await gate.reached();

    await replace(path, insert(99));
    await gate.open();
    const { code, stderr } = await running.result;
    const next = await bench.run(["migrate"]);

    equal(code, 0, stderr);
    deepEqual(await effectsOf(bench), [31, 32, 33]);
    equal(next.code, 3, next.stderr);
    ok(next.stderr.includes("checksum_mismatch"), next.stderr);
  });
});

const OFF = "-- lockstep: transaction=off\n";

Deno.test("what changes while it runs outside a transaction stops before it", async () => {
  const script = OFF + insert(31) + GATE + FILLER + insert(32) + FILLER +
    insert(33);
  await withGate({ "003_changed.sql": script }, async (bench, gate) => {
    const path = join(bench.dir, "migrations/003_changed.sql");
    const edited = script.replace("VALUES (33)", "VALUES (93)");
    const running = bench.spawn(["migrate"]);
    await gate.reached();

    await Deno.writeTextFile(path, edited);
    await gate.open();
    const { code, stdout, stderr } = await running.result;
    const effects = await effectsOf(bench);
    const next = await bench.run(["migrate"]);

    equal(code, 6, stderr);
    ok(stdout.includes("stopped part-way"), stdout);
    ok(stderr.includes("its file changed while it ran"), stderr);
    ok(stderr.includes("3 of its 4 statements are committed"), stderr);
    deepEqual(effects, [31, 32]);
    // What was not yet run may be edited, and a new run reads it so.
    equal(next.code, 0, next.stderr);
    deepEqual(await effectsOf(bench), [31, 32, 93]);
    await requireWholeLog(bench.db);
  });
});

Deno.test("COPY data that change outside a transaction are not committed", async () => {
  const rows = (id: number) => `${id}\n`.repeat(100_000);
  const script = OFF + "COPY effects FROM stdin;\n31\n" + "\\.\n" + GATE +
    `COPY effects FROM stdin;\n${rows(32)}` + "\\.\n" + insert(33);
  await withGate({ "003_changed.sql": script }, async (bench, gate) => {
    const path = join(bench.dir, "migrations/003_changed.sql");
    const running = bench.spawn(["migrate"]);
    await gate.reached();

    await Deno.writeTextFile(path, script.replace(/32\n(?!32)/, "77\n"));
    await gate.open();
    const { code, stderr } = await running.result;

    equal(code, 6, stderr);
    deepEqual(await effectsOf(bench), [31]);
    await Deno.writeTextFile(path, script);
    equal((await bench.run(["migrate"])).code, 0);
    equal((await effectsOf(bench)).length, 100_002);
  });
});

Deno.test("what changes while a migration is resumed stops it again", async () => {
  const script = OFF + insert(31) + "SELECT 1 / (SELECT n FROM divisor);\n" +
    GATE + FILLER + insert(32) + FILLER + insert(33);
  await withGate({ "003_changed.sql": script }, async (bench, gate) => {
    const path = join(bench.dir, "migrations/003_changed.sql");
    await bench.db.query("CREATE TABLE divisor AS SELECT 0 AS n");
    equal((await bench.run(["migrate"])).code, 6);
    await bench.db.query("UPDATE divisor SET n = 1");
    const running = bench.spawn(["migrate"]);
    await gate.reached();

    await Deno.writeTextFile(path, script.slice(0, -4));
    await gate.open();
    const { code, stderr } = await running.result;
    const effects = await effectsOf(bench);
    await Deno.writeTextFile(path, script);
    const next = await bench.run(["migrate"]);

    equal(code, 6, stderr);
    ok(stderr.includes("its file changed while it ran"), stderr);
    deepEqual(effects, [31, 32]);
    equal(next.code, 0, next.stderr);
    deepEqual(await effectsOf(bench), [31, 32, 33]);
    await requireWholeLog(bench.db);
  });
});

Deno.test("a down file that changes is neither kept nor run", async () => {
  const files = {
    "002_gate.sql": LONG_GATE,
    "003_changed.sql": insert(31, 32, 33),
    "rollbacks/002_gate_down.sql": "SELECT 1;\n",
    "rollbacks/003_changed_down.sql": FILLER + "DELETE FROM effects;\n" +
      GATE.replaceAll("gate", "back_gate"),
  };
  await withGate(files, async (bench, gate) => {
    const rollbacks = join(bench.dir, "migrations/rollbacks");
    const path = join(rollbacks, "003_changed_down.sql");
    await bench.db.query("CREATE TABLE back_gate (id int)");
    const running = bench.spawn(["migrate"]);
    await gate.reached();
    await Deno.writeTextFile(path, "DROP TABLE effects;\n");
    await gate.open();
    const first = await running.result;
    equal(first.code, 3, first.stderr);
    ok(first.stderr.includes("file_changed"), first.stderr);
    deepEqual(await effectsOf(bench), []);
    await Deno.writeTextFile(path, files["rollbacks/003_changed_down.sql"]);
    equal((await bench.run(["migrate"])).code, 0);

    const back = bench.spawn(["rollback", "--count", "2"]);
    await waitForStatement(bench.db, "FROM back_gate");
    await Deno.writeTextFile(
      join(rollbacks, "002_gate_down.sql"),
      "DROP TABLE effects;\n",
    );
    await bench.db.query("INSERT INTO back_gate VALUES (1)");
    const { code, stderr } = await back.result;

    equal(code, 3, stderr);
    ok(stderr.includes("file_changed"), stderr);
    deepEqual(
      await readStates(bench.db),
      ["001 applied", "002 applied", "003 rolled back"],
    );
    deepEqual(await effectsOf(bench), []);
    await requireWholeLog(bench.db);
  });
});

for (
  const [name, vanish] of Object.entries({
    "vanishes": (path: string) => Deno.remove(path, { recursive: true }),
    "is replaced by an empty one": async (path: string) => {
      await Deno.rename(path, `${path}.old`);
      await Deno.mkdir(path);
    },
    "turns into a link to another": async (path: string) => {
      await Deno.rename(path, `${path}.old`);
      await Deno.mkdir(`${path}.other`);
      await Deno.writeTextFile(`${path}.other/003_changed.sql`, insert(99));
      await Deno.symlink(`${path}.other`, path);
    },
  })
) {
  Deno.test(`a folder that ${name} during the run stops it`, async () => {
    const files = { "002_gate.sql": LONG_GATE, "003_changed.sql": insert(31) };
    await withGate(files, async (bench, gate) => {
      const running = bench.spawn(["migrate"]);
      await gate.reached();

      await vanish(join(bench.dir, "migrations"));
      await gate.open();
      const { code, stdout, stderr } = await running.result;

      equal(code, 3, stderr);
      ok(stdout.includes("003_changed  "), stdout);
      deepEqual(await effectsOf(bench), []);
      deepEqual(
        await readStates(bench.db),
        ["001 applied", "002 applied", "003 open"],
      );
      await requireWholeLog(bench.db);
    });
  });
}
