import { equal, match, ok } from "node:assert/strict";
import { measureLockstep } from "../helpers/measured_run.ts";
import { withBench } from "../helpers/faults.ts";

const SLACK_BYTES = 64 * 1024 ** 2;

/** A migration that raises so many notices, each of 1,000 characters. */
function raising(count: number): string {
  return "DO $$ BEGIN\n" +
    `FOR n IN 1..${count} LOOP\n` +
    "RAISE NOTICE 'row % %', n, repeat('x', 1000);\n" +
    "END LOOP; END $$;\n" +
    "SELECT 1 / 0;\n";
}

async function measure(count: number) {
  let result: Awaited<ReturnType<typeof measureLockstep>> | undefined;
  await withBench({ "001_raise.sql": raising(count) }, async ({ db, dir }) => {
    result = await measureLockstep(["migrate"], {
      cwd: dir,
      env: { DATABASE_URL: db.url, LANG: "C.UTF-8" },
    });
  });
  ok(result !== undefined);
  return result;
}

Deno.test("100,000 notices neither fill memory nor hide the error", async () => {
  const few = await measure(10);
  const many = await measure(100_000);

  equal(many.code, 5, many.stderr);
  const said = many.stderr.split("\n");
  ok(said.length < 1_000, `${said.length} lines`);
  match(many.stderr, /^ {2}NOTICE: row 1 x/m);
  match(many.stderr, /^ {2}and 99,?500 more notices$/m);
  match(
    said.slice(-12).join("\n"),
    /error\[statement_failed\]: .*division by zero/,
  );
  ok(
    many.peakBytes < few.peakBytes + SLACK_BYTES,
    `${many.peakBytes} bytes, and ${few.peakBytes} with few notices`,
  );
});
