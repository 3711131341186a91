import { deepEqual, equal, match, ok } from "node:assert/strict";
import { join } from "node:path";
import { runLockstep } from "../helpers/cli.ts";
import { faultCount } from "../helpers/faults.ts";
import { withProject } from "../helpers/project.ts";
import { column, ending, logOf, stepsOf, withRun } from "../helpers/run.ts";

const NAMES = [
  `001_'; DROP TABLE "effects"; --`,
  "002_😀 表 \u0627\u0644",
  "003_$(reboot) `id` %s :name $1 \\",
  `004_${"é".repeat(121)}`,
  `005_"],"x":["`,
];

Deno.test("lockstep does its round with names that are SQL, emoji or 255 bytes", async () => {
  const files = Object.fromEntries(NAMES.flatMap((name) => [
    [`${name}.sql`, `INSERT INTO effects VALUES (${name.slice(0, 3)});\n`],
    [
      `rollbacks/${name}_down.sql`,
      `DELETE FROM effects WHERE id = ${name.slice(0, 3)};\n`,
    ],
  ]));
  await withRun(files, async (project) => {
    await project.db.query("CREATE TABLE effects (id int)");
    const up = await project.done("migrate");
    const names = await column(
      project.db,
      "SELECT version || '_' || name FROM schema_migrations ORDER BY version",
    );
    const human = await project.run("status");
    await project.remove("rollbacks");
    const down = await project.done("rollback", "--count", "5");

    deepEqual(stepsOf(up), NAMES.map((name) => `${name.slice(0, 3)} done`));
    deepEqual(names, NAMES);
    ok(NAMES.every((name) => human.stdout.includes(name)), human.stdout);
    ok(down.steps.every(({ isFromKeptCopy }) => isFromKeptCopy === true));
    deepEqual(await project.db.query("SELECT id FROM effects"), []);
    equal((await logOf(project.db)).length, 10);
  });
});

/** Names that would forge output; a code per name that must be seen. */
const FORGING: Readonly<Record<string, string>> = {
  "001_a\nok.sql": "\\n",
  "002_\x1b[2Jb.sql": "\\x1b",
  "003_a\u202egpj.sql": "\\u202e",
  "004_a\u2028b.sql": "\\u2028",
  "005_a\u009bb.sql": "\\x9b",
};

Deno.test("lockstep escapes names that would forge its output", async () => {
  const files = Object.fromEntries(
    Object.keys(FORGING).map((name) => [name, "SELECT 1;\n"]),
  );
  await withRun(files, async (project) => {
    let shown = "";
    for (const args of [["migrate"], ["status"], ["plan", "--json"]]) {
      const { stdout, stderr } = await project.run(...args);
      shown += stdout + stderr;
    }

    // deno-lint-ignore no-control-regex
    ok(!/[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u202e]/.test(shown), shown);
    for (const code of Object.values(FORGING)) ok(shown.includes(code), shown);
  });
});

const text = new TextEncoder();

/** What a file holds that is no script, and what is said of it. */
const CONTENTS: Readonly<Record<string, readonly [Uint8Array, RegExp]>> = {
  "UTF-16 with its mark": [
    Uint8Array.of(0xff, 0xfe, 0x53, 0, 0x45, 0),
    /as it is in UTF-16|as the file is in UTF-16/,
  ],
  "UTF-16 without its mark": [
    Uint8Array.of(0x53, 0, 0x45, 0, 0x4c, 0),
    /in UTF-16/,
  ],
  "a NUL byte": [
    text.encode("SELECT 1;\nSELECT '\0';\n"),
    /NUL byte on line 2/,
  ],
  "nothing but NUL bytes": [new Uint8Array(100_000), /NUL byte on line 1/],
  "Latin-1": [
    Uint8Array.of(...text.encode("SELECT '"), 0xe9, 0x27),
    /line 1 is not in UTF-8/,
  ],
};

for (const [name, [bytes, said]] of Object.entries(CONTENTS)) {
  Deno.test(`lockstep refuses a file that is ${name} before anything runs`, async () => {
    const files = { "001_a.sql": "SELECT 1;\n", "002_b.sql": bytes };
    await withRun(files, async (project) => {
      const { code, stderr } = await project.run("migrate");

      equal(code, 3, stderr);
      match(stderr, said);
      match(stderr, /--> migrations\/002_b\.sql:\d+:\d+/);
      const made = "SELECT to_regclass('schema_migrations')";
      deepEqual(await column(project.db, made), [null]);
    });
  });
}

Deno.test("lockstep runs files that hold no statement", async () => {
  const files = {
    "001_bom.sql": Uint8Array.of(0xef, 0xbb, 0xbf),
    "002_empty.sql": "",
    "003_comment.sql": "-- nothing\r\n/* at all */",
    "004_semicolons.sql": ";;\n;",
  };
  await withRun(files, async (project) => {
    const up = await project.done("migrate");

    deepEqual(up.steps.map(({ statements }) => statements), [0, 0, 0, 0]);
    equal((await project.json("migrate")).steps.length, 0);
  });
});

Deno.test("lockstep takes two names of one file for two migrations", async () => {
  await withRun({ "001_a.sql": "SELECT 1;\n" }, async (project) => {
    const folder = join(project.dir, "migrations");
    await Deno.link(join(folder, "001_a.sql"), join(folder, "002_b.sql"));

    deepEqual(stepsOf(await project.done("migrate")), ["001 done", "002 done"]);
  });
});

Deno.test("lockstep refuses names that differ in case only", async () => {
  const files = { "001_a.sql": "SELECT 1;\n", "001_A.sql": "SELECT 1;\n" };
  await withRun(files, async (project) => {
    const answer = await project.json("migrate");

    deepEqual(ending(answer), [3, "duplicate_version"]);
  });
});

/** What stands where a folder should be. */
const FOLDERS: Readonly<
  Record<string, readonly [(path: string) => Promise<void>, RegExp]>
> = {
  "a loop of links": [
    (path) => Deno.symlink(path, path),
    /as "migrations\/rollbacks" is a loop of links/,
  ],
  "a link to nowhere": [
    (path) => Deno.symlink("nowhere", path),
    /there is no folder "migrations\/rollbacks"/,
  ],
  "a link out of the folder": [
    (path) => Deno.symlink("/tmp", path),
    /"migrations\/rollbacks" as it is a link out of the folder/,
  ],
};

for (const [name, [make, said]] of Object.entries(FOLDERS)) {
  Deno.test(`lockstep names rollbacks/ that is ${name}`, async () => {
    await withProject({ "001_a.sql": "SELECT 1;\n" }, async (cwd) => {
      await make(join(cwd, "migrations/rollbacks"));

      const { code, stderr } = await runLockstep(["migrate"], {
        cwd,
        env: { DATABASE_URL: "postgres://u@127.0.0.1:1/d" },
      });

      ok([2, 3].includes(code), stderr);
      match(stderr, said);
    });
  });
}

Deno.test("lockstep reads a folder of very many files", async () => {
  const count = faultCount(20_000);
  const files = Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `${String(index + 1).padStart(5, "0")}_step.sql`,
      `SELECT ${index};\n`,
    ]),
  );
  await withRun(files, async (project) => {
    const start = Date.now();
    const { pendingMigrations, versions } = await project.done("status");

    console.log(`status of ${count} files: ${Date.now() - start} ms`);
    equal(pendingMigrations, count);
    equal(versions.length, count);
  });
});
