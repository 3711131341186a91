import { ok } from "node:assert/strict";
import { cutEach, type CutPlan } from "./cut_runs.ts";
import { withBench } from "./faults.ts";
import type { ProjectFiles } from "./project.ts";
import type { WireMessage } from "./wire_proxy.ts";

/** Tests each way to cut the connection of a run on these migrations. */
export function testCuts(kind: string, files: ProjectFiles): void {
  for (const { least, ...plan } of PLANS) {
    Deno.test(`${plan.fault} of ${kind} migrations: told truthfully, and done once`, async () => {
      await withBench(files, async (bench) => {
        const met = await cutEach(bench, plan);

        ok(met >= least, String(met));
      });
    });
  }
}

function ofClient({ from }: WireMessage): boolean {
  return from === "client";
}

/** What the worker says of the second migration, and not before. */
function ofSecond({ from, type, text }: WireMessage): boolean {
  return from === "client" && "QP".includes(type) &&
    text.includes("/* lockstep ") && text.includes(" 002 */");
}

/** What begins its transaction. */
export function isBegin(message: WireMessage): boolean {
  return ofSecond(message) && message.text.includes(" BEGIN ");
}

function ofServer({ from, type }: WireMessage): boolean {
  return from === "server" && type !== "";
}

/** What ends the answer to each message of the worker. */
function isReady({ from, connection, type }: WireMessage): boolean {
  return from === "server" && connection === 2 && type === "Z";
}

const AT_SERVER = "at each message of the server in turn";
const AT_CLIENT = "at each message of the client in turn";

const PLANS: readonly (CutPlan & {
  readonly least: number;
})[] = [
  {
    fault: `connection cut ${AT_CLIENT}`,
    action: "cut",
    isChosen: ofClient,
    share: "sample",
    least: 20,
  },
  {
    fault: `connection cut ${AT_SERVER}`,
    action: "cut",
    isChosen: ofServer,
    share: "sample",
    least: 60,
  },
  {
    fault: "connection cut behind each message of a migration in turn",
    action: "pass_then_cut",
    isChosen: ofSecond,
    share: "all",
    least: 5,
  },
  {
    fault: "connection cut before each answer to the worker in turn",
    action: "cut",
    isChosen: isReady,
    share: "sample",
    least: 10,
  },
  {
    fault: "both connections cut at each message of a migration in turn",
    action: "cut_all",
    isChosen: ofSecond,
    share: "all",
    least: 5,
  },
  {
    fault: `connection half closed ${AT_CLIENT}`,
    action: "half_close",
    isChosen: ofClient,
    share: "sample",
    least: 20,
  },
  {
    fault: `connection half closed ${AT_SERVER}`,
    action: "half_close",
    isChosen: ofServer,
    share: "sample",
    least: 60,
  },
  {
    fault: `connection delayed ${AT_CLIENT}`,
    action: "delay",
    isChosen: ofClient,
    share: "sample",
    least: 20,
  },
  {
    fault: `connection delayed ${AT_SERVER}`,
    action: "delay",
    isChosen: ofServer,
    share: "sample",
    least: 60,
  },
  {
    fault: "a transaction that reaches the server after its client has gone",
    action: "late",
    isChosen: isBegin,
    share: "all",
    least: 1,
  },
];
