import { deepEqual, equal, ok } from "node:assert/strict";
import { join } from "node:path";
import { runLockstep } from "../helpers/cli.ts";
import { withProject } from "../helpers/project.ts";

const SCRIPT = `-- a comment
CREATE TABLE "ü😀" (a int); ;
COPY t FROM stdin;
1;2
\\.
\\connect other
SELECT ':x', :x, a[1:2] -- tail
`;

Deno.test("lockstep sql split prints statements with byte offsets, without a database", async () => {
  await withProject({ "../any file.sql": SCRIPT }, async (dir) => {
    const { code, stdout, stderr } = await runLockstep(
      ["sql", "split", "any file.sql", "--json"],
      { cwd: dir },
    );

    deepEqual([code, stderr], [0, ""]);
    const statements: { sql: string; start: number; end: number }[] = JSON
      .parse(stdout);
    const bytes = new TextEncoder().encode(SCRIPT);
    deepEqual(statements.map(({ sql }) => sql), [
      'CREATE TABLE "ü😀" (a int)',
      "COPY t FROM stdin",
      "SELECT ':x', :x, a[1:2]",
    ]);
    for (const { sql, start, end } of statements) {
      equal(new TextDecoder().decode(bytes.subarray(start, end)), sql);
    }
  });
});

Deno.test("lockstep sql split shows lines, reads standard input, replaces variables", async () => {
  const { code, stdout } = await runLockstep(
    ["sql", "split", "-", "--var", "x=a b", "--secret-var", "pw=PW"],
    { stdin: "SELECT :x;\n\nSELECT :'pw'", env: { PW: "hunter2" } },
  );

  equal(code, 0);
  equal(
    stdout,
    "[1] line 1, bytes 0-9\n  1 | SELECT a b\n\n" +
      "[2] line 3, bytes 12-24\n  3 | SELECT '***'\n\n2 statements\n",
  );
});

Deno.test("lockstep sql split shows file, line and column of what cannot be split", async () => {
  await withProject({ "../a.sql": "SELECT 1;\n  'x" }, async (dir) => {
    const human = await runLockstep(["sql", "split", "a.sql"], { cwd: dir });
    const json = await runLockstep(["sql", "split", "a.sql", "--json"], {
      cwd: dir,
    });
    const missing = await runLockstep(["sql", "split", "b.sql"], { cwd: dir });

    deepEqual([human.code, json.code, missing.code], [3, 3, 3]);
    equal(human.stdout, "");
    ok(human.stderr.includes("error[unterminated]"), human.stderr);
    ok(human.stderr.includes("--> a.sql:2:3"), human.stderr);
    equal(JSON.parse(json.stdout).error.location.line, 2);
  });
});

Deno.test("lockstep sql split lists 40,000 statements of a file of 40 MB", async () => {
  await withProject({}, async (dir) => {
    const path = join(dir, "big.sql");
    const line = `INSERT INTO t VALUES ('${"x".repeat(1000)}');\n`;
    await Deno.writeTextFile(path, line.repeat(40_000));

    const { code, stdout } = await runLockstep(
      ["sql", "split", path, "--json", "--max-statement-size", "2kB"],
      { cwd: dir },
    );

    equal(code, 0);
    equal(JSON.parse(stdout).length, 40_000);
  });
});
