import { deepEqual, equal, ok } from "node:assert/strict";
import { Ajv2020 } from "ajv/dist/2020.js";
import { reportSchema } from "../../src/report/json_schema.ts";
import { binaryPath } from "../helpers/cli.ts";
import { withRun } from "../helpers/run.ts";

const FILES = {
  "001_a.sql": "CREATE TABLE a (id INT);\n" +
    "DO $$ BEGIN RAISE NOTICE 'hello'; END $$;\n",
  "002_b.sql": "CREATE TABLE b (id INT);\nSELECT * FROM c;\n",
};

/** The documents of a text with one in each line. */
function documentsOf(text: string) {
  return text.trimEnd().split("\n").map((line) => JSON.parse(line));
}

Deno.test("--output jsonl tells a run as it happens, each line by the schema", () =>
  withRun(FILES, async ({ run }) => {
    const { code, stdout } = await run("migrate", "--output", "jsonl");
    const documents = documentsOf(stdout);
    const validate = new Ajv2020().compile(reportSchema());

    equal(code, 5);
    for (const document of documents) {
      ok(validate(document), JSON.stringify([document, validate.errors]));
    }
    const words = documents.map(({ event, kind }) => event ?? kind)
      .filter((word) => word !== "working");
    deepEqual(words, [
      "run_started",
      "step_started",
      "notice",
      "step_finished",
      "step_started",
      "step_finished",
      "migrate",
    ]);
    equal(documents.at(-1).error.code, "statement_failed");
  }));

Deno.test("a run goes to its end when nobody reads its --output jsonl any more", () =>
  withRun({ "001_a.sql": FILES["001_a.sql"] }, async ({ db, dir, done }) => {
    const child = new Deno.Command(binaryPath(), {
      args: ["migrate", "--output", "jsonl"],
      cwd: dir,
      clearEnv: true,
      env: { DATABASE_URL: db.url },
      stdout: "piped",
      stderr: "null",
    }).spawn();
    await child.stdout.cancel();
    const { code } = await child.status;
    const { appliedMigrations } = await done("status");

    equal(code, 0);
    equal(appliedMigrations, 1);
  }));

for (
  const [format, text] of [
    ["github", "::error file=migrations/002_b.sql,line=2,col=15,title="],
    ["gitlab", '"location":{"path":"migrations/002_b.sql","lines":{"begin":2}'],
    ["sarif", '"uri":"migrations/002_b.sql"},"region":{"startLine":2,'],
    ["junit", 'name="002_b" file="migrations/002_b.sql"'],
    [
      "markdown",
      "| error | `statement_failed` | `migrations/002_b.sql:2:15` |",
    ],
  ] as const
) {
  Deno.test(`--output ${format} points at the file and the line`, () =>
    withRun(FILES, async ({ run }) => {
      const { code, stdout } = await run("migrate", "--output", format);

      equal(code, 5);
      ok(stdout.includes(text), stdout);
    }));
}
