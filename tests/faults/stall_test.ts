import { equal, match } from "node:assert/strict";
import {
  ATOMIC_FILES,
  findFaults,
  listMessages,
  runCut,
  SPLIT_FILES,
} from "../helpers/cut_runs.ts";
import { countFault } from "../helpers/fault_counts.ts";
import { faultCount, seededRandom, withBench } from "../helpers/faults.ts";
import type { ProjectFiles } from "../helpers/project.ts";
import type { WireAction, WireMessage } from "../helpers/wire_proxy.ts";

/** A run that nothing answers takes a minute: many wait together. */
const TOGETHER = 10;

for (
  const { fault, action, files } of [
    { fault: "one connection stalls", action: "stall", files: ATOMIC_FILES },
    { fault: "one connection stalls", action: "stall", files: SPLIT_FILES },
    {
      fault: "both connections stall",
      action: "stall_all",
      files: SPLIT_FILES,
    },
  ] as const
) {
  const kind = files === SPLIT_FILES ? "split" : "atomic";
  Deno.test(`${fault} at any message of ${kind} migrations: the run ends, and tells the truth`, async () => {
    const random = seededRandom(fault);
    const places = await choosePlaces(files, random);
    const counts = { injected: 0, lost: 0, duplicated: 0, misreported: 0 };
    while (places.length > 0) {
      await Promise.all(
        places.splice(0, TOGETHER).map(async (place) => {
          const found = await stallAt(files, action, place);
          if (found === undefined) return;
          counts.injected++;
          counts.lost += found.lost;
          counts.duplicated += found.duplicated;
          counts.misreported += found.misreported;
        }),
      );
    }
    countFault(`${fault} at any message of a run`, counts);
  });
}

Deno.test("a keeper that falls mute stops the worker within a minute, and nothing of its step is left", async () => {
  const files = {
    "001_table.sql": "CREATE TABLE effects (id int);\n" +
      "INSERT INTO effects VALUES (1);\n",
    "002_insert.sql": "INSERT INTO effects VALUES (2);\n" +
      "SELECT pg_sleep(CASE WHEN EXISTS (SELECT FROM once) THEN 0 ELSE 300 END);\n",
  };
  await withBench(files, async (bench) => {
    await bench.db.query("CREATE TABLE once ()");
    const start = Date.now();

    const attempt = await runCut(bench, isBeat, {
      async settle() {
        await bench.db.query("INSERT INTO once DEFAULT VALUES");
      },
    });

    equal(attempt.code, 4, attempt.said);
    match(attempt.said, /lock_lost.*did not answer for 15 s/s);
    equal(Date.now() - start < 90_000, true);
    const found = await findFaults(bench, attempt);
    countFault("a keeper that falls mute", { injected: 1, ...found });
  });
});

/** By which the keeper of the lock knows that the server is there. */
function isBeat({ from, text }: WireMessage): WireAction | undefined {
  return from === "client" && text.startsWith("SHOW ") ? "stall" : undefined;
}

async function choosePlaces(
  files: ProjectFiles,
  random: () => number,
): Promise<WireMessage[]> {
  const places: WireMessage[] = [];
  await withBench(files, async (bench) => {
    const left = [...await listMessages(bench)];
    for (let count = faultCount(40); count > 0 && left.length > 0; count--) {
      places.push(...left.splice(Math.floor(random() * left.length), 1));
    }
  });
  return places;
}

/** Undefined when the run did not come to the message this time. */
async function stallAt(
  files: ProjectFiles,
  action: WireAction,
  { from, connection, index }: WireMessage,
): Promise<Awaited<ReturnType<typeof findFaults>> | undefined> {
  let found: Awaited<ReturnType<typeof findFaults>> | undefined;
  await withBench(files, async (bench) => {
    const attempt = await runCut(
      bench,
      (message) =>
        message.from === from && message.connection === connection &&
          message.index === index
          ? action
          : undefined,
    );
    if (attempt.wasHit) found = await findFaults(bench, attempt);
  });
  return found;
}
