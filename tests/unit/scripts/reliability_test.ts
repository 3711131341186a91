import { deepEqual, match } from "node:assert/strict";
import {
  type FaultRow,
  readFaultRows,
  reliabilityPage,
} from "../../../scripts/reliability.ts";

function row(fault: string, numbers: Partial<FaultRow> = {}): FaultRow {
  return {
    fault,
    injected: 1,
    lost: 0,
    duplicated: 0,
    misreported: 0,
    ...numbers,
  };
}

function lines(rows: readonly FaultRow[]): string {
  return rows.map((one) => `${JSON.stringify(one)}\n`).join("");
}

Deno.test("readFaultRows() adds up each fault, in the order of their names", () => {
  const text = lines([
    row("kill", { injected: 3, lost: 1 }),
    row("cut", { injected: 2 }),
    row("kill", { injected: 4, duplicated: 2, misreported: 5 }),
  ]);

  const rows = readFaultRows(text);

  deepEqual(rows, [
    row("cut", { injected: 2 }),
    row("kill", { injected: 7, lost: 1, duplicated: 2, misreported: 5 }),
  ]);
});

Deno.test("reliabilityPage() has each fault in a row, and the command", () => {
  const page = reliabilityPage([row("a | b", { injected: 7, lost: 1 })], {
    command: "LOCKSTEP_FAULT_SCALE=2 scripts/deno task faults",
    serverVersion: "18.4",
    lockstepVersion: "0.1.0",
    runtime: "Deno 2.9.6",
  });

  match(page, /^\| a \\\| b \| 7 \| 1 \| 0 \| 0 \|$/m);
  match(page, /^ {4}LOCKSTEP_FAULT_SCALE=2 scripts\/deno task faults$/m);
  match(page, /PostgreSQL 18\.4 and lockstep\n0\.1\.0 \(Deno 2\.9\.6\)/);
});
