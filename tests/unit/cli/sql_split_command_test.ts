import { deepEqual, equal, ok } from "node:assert/strict";
import type { Statement } from "../../../src/core/sql/statement.ts";
import { FILE_ERROR } from "../report/sample_errors.ts";
import type { Manager } from "../../../src/cli/commands/command.ts";
import { fakeManager } from "./fake_manager.ts";
import { runWith } from "./run_with.ts";

const STATEMENT: Statement = {
  kind: "statement",
  index: 0,
  text: "SELECT 1",
  startByte: 4,
  endByte: 12,
  line: 2,
  column: 1,
};

const DONE = {
  kind: "split",
  success: true,
  path: "a.sql",
  statementCount: 1,
  warnings: [],
} as const;

async function splitScript(
  ...[, sink]: Parameters<Manager["splitScript"]>
): Promise<typeof DONE> {
  await sink([STATEMENT]);
  return DONE;
}

Deno.test("sql split prints a bare array and nothing else with --json", async () => {
  const { code, host } = await runWith(
    { args: ["sql", "split", "a.sql", "--json"] },
    fakeManager({ splitScript }),
  );

  equal(code, 0);
  deepEqual(JSON.parse(host.written.stdout), [
    { sql: "SELECT 1", start: 4, end: 12 },
  ]);
});

Deno.test("sql split prints its list also when quiet", async () => {
  const { host } = await runWith(
    { args: ["sql", "split", "a.sql", "--quiet"] },
    fakeManager({ splitScript }),
  );

  ok(host.written.stdout.startsWith("[1] line 2, bytes 4-12\n"));
});

Deno.test("sql split answers an error with a document and exits 3", async () => {
  const { code, host } = await runWith(
    { args: ["sql", "split", "a.sql", "--json"] },
    fakeManager({
      splitScript: () =>
        Promise.resolve({ ...DONE, success: false, error: FILE_ERROR }),
    }),
  );

  equal(code, 3);
  equal(JSON.parse(host.written.stdout).error.code, FILE_ERROR.code);
});

Deno.test("sql split - hands over standard input, to be read twice", async () => {
  const read: string[] = [];
  const fake = fakeManager({
    async splitScript({ path, open }) {
      for (const _pass of [1, 2]) {
        for await (const chunk of open?.() ?? []) {
          read.push(new TextDecoder().decode(chunk));
        }
      }
      return { ...DONE, path };
    },
  });

  await runWith({ args: ["sql", "split", "-"], stdin: "SELECT 1" }, fake);

  deepEqual(read, ["SELECT 1", "SELECT 1"]);
});

Deno.test("sql split exits 1 when its list cannot be written", async () => {
  const { code, host } = await runWith({
    args: ["sql", "split", "a.sql"],
    lostOutput: new Error("No space left on device"),
  }, fakeManager({ splitScript }));

  equal(code, 1);
  ok(host.written.stderr.includes("Cannot write the output as No space left"));
});

const WRONG: readonly (readonly [string, string, string | undefined])[] = [
  [
    "sql",
    'Cannot run "sql" as its second word is missing',
    'write "sql split"',
  ],
  [
    "sql splitt a.sql",
    'Cannot run "sql splitt" as there is no such command',
    'did you mean "sql split"?',
  ],
  [
    "split a.sql",
    'Cannot run "split" as there is no such command',
    'did you mean "sql split"?',
  ],
  [
    "sql split",
    'Cannot run "sql split" as its argument <file> is missing',
    "write, for example: lockstep sql split migrations/001_initial_schema.sql",
  ],
  [
    "sql split a.sql --jsn",
    'Cannot run "sql split" as it has no flag "--jsn"',
    'did you mean "--json"?',
  ],
];

for (const [line, message, hint] of WRONG) {
  Deno.test(`run() explains what is wrong with "${line}"`, async () => {
    const { code, host } = await runWith({ args: line.split(" ") });

    equal(code, 2);
    ok(host.written.stderr.includes(message), host.written.stderr);
    ok(host.written.stderr.includes(`hint: ${hint}`), host.written.stderr);
  });
}

for (
  const args of [
    ["help", "sql", "split"],
    ["sql", "split", "--help"],
    ["sql", "split", "a.sql", "-h"],
  ]
) {
  Deno.test(`run() prints the manual of two words for ${args.join(" ")}`, async () => {
    const { code, host } = await runWith({ args });

    equal(code, 0);
    ok(host.written.stdout.startsWith("Usage: lockstep sql split <file>"));
  });
}

Deno.test("run() lists the commands of a first word for help", async () => {
  const { host } = await runWith({ args: ["help", "sql"] });

  ok(host.written.stdout.startsWith("Commands:\n  sql split <file>"));
});
