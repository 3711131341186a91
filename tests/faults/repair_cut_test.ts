import { deepEqual, equal, ok } from "node:assert/strict";
import {
  type FaultBench,
  readStates,
  requireWholeLog,
  withBench,
} from "../helpers/faults.ts";
import {
  startWireProxy,
  type WireAction,
  type WireMessage,
} from "../helpers/wire_proxy.ts";

const FILES = { "001_a.sql": "", "002_b.sql": "" };

function ofRepair({ from, type, text }: WireMessage): boolean {
  return from === "client" && type === "Q" &&
    text.startsWith("/* lockstep ") && text.includes(" repair */ ");
}

/** Marks both versions as applied through a proxy that acts once. */
async function repairThrough(
  { db, run }: FaultBench,
  action: WireAction,
  isChosen: (message: WireMessage) => boolean,
): Promise<{ code: number; said: string; told: readonly string[] }> {
  let wasHit = false;
  await using proxy = startWireProxy(db.url, {
    onMessage(message) {
      if (wasHit || !isChosen(message)) return "pass";
      wasHit = true;
      return action;
    },
  });
  const { code, stdout } = await run(
    ["repair", "--mark-applied", "001,002", "--yes", "--json"],
    { DATABASE_URL: proxy.url },
  );
  ok(wasHit, stdout);
  const { changes } = JSON.parse(stdout);
  return {
    code,
    said: stdout,
    told: changes.map(({ status }: { status: string }) => status),
  };
}

for (
  const action of ["cut", "pass_then_cut", "cut_all", "half_close"] as const
) {
  for (
    const [what, isChosen] of [
      ["the first change", ofRepair],
      [
        "the second change",
        (message: WireMessage) =>
          ofRepair(message) && message.text.includes("'002'"),
      ],
      [
        "its COMMIT",
        (message: WireMessage) =>
          ofRepair(message) && message.text.includes("repair */ COMMIT"),
      ],
    ] as const
  ) {
    Deno.test(`repair says what became of it after ${action} at ${what}`, () =>
      withBench(FILES, async (bench) => {
        const { code, said, told } = await repairThrough(
          bench,
          action,
          isChosen,
        );
        const states = await readStates(bench.db);
        const next = await bench.run(
          ["repair", "--mark-applied", "001,002", "--yes"],
        );

        const isDone = states.length === 2;
        deepEqual(
          told,
          isDone ? ["done", "done"] : ["proposed", "proposed"],
          said,
        );
        ok(states.length === 0 || isDone, said);
        ok(code === 7 || (code === 0 && isDone), said);
        equal(next.code, 0, next.stderr);
        deepEqual(await readStates(bench.db), ["001 applied", "002 applied"]);
        await requireWholeLog(bench.db);
      }));
  }
}
