import { deepEqual } from "node:assert/strict";
import { parsePhase, type Phase } from "../../../src/core/phase.ts";

type Case = readonly [
  claim: string,
  view: string,
  columns: Readonly<Record<string, unknown>>,
  phase: Phase,
];

const INDEX = "CREATE INDEX CONCURRENTLY";

const CASES: readonly Case[] = [
  [
    "blocks of an index build",
    "create_index",
    {
      command: INDEX,
      phase: "building index: scanning table",
      blocks_done: 1,
      blocks_total: 3,
      tuples_done: 5,
      tuples_total: 0,
    },
    {
      command: INDEX,
      name: "building index: scanning table",
      amount: { done: 1, total: 3, unit: "block" },
      percent: 33,
    },
  ],
  [
    "rows of an index build",
    "create_index",
    {
      command: "REINDEX",
      phase: "building index: loading tuples in tree",
      blocks_done: 3,
      blocks_total: 3,
      tuples_done: 50,
      tuples_total: 200,
    },
    {
      command: "REINDEX",
      name: "building index: loading tuples in tree",
      amount: { done: 50, total: 200, unit: "row" },
      percent: 25,
    },
  ],
  [
    "sessions that an index build waits for",
    "create_index",
    {
      command: INDEX,
      phase: "waiting for old snapshots",
      lockers_done: 0,
      lockers_total: 2,
      blocks_done: 9,
      blocks_total: 9,
    },
    {
      command: INDEX,
      name: "waiting for old snapshots",
      amount: { done: 0, total: 2, unit: "session" },
      percent: 0,
    },
  ],
  [
    "blocks of VACUUM",
    "vacuum",
    { phase: "scanning heap", heap_blks_total: 10, heap_blks_scanned: 10 },
    {
      command: "VACUUM",
      name: "scanning heap",
      amount: { done: 10, total: 10, unit: "block" },
      percent: 100,
    },
  ],
  [
    "indexes of VACUUM since PostgreSQL 17",
    "vacuum",
    { phase: "vacuuming indexes", indexes_total: 4, indexes_processed: 1 },
    {
      command: "VACUUM",
      name: "vacuuming indexes",
      amount: { done: 1, total: 4, unit: "index" },
      percent: 25,
    },
  ],
  [
    "no indexes of VACUUM before",
    "vacuum",
    { phase: "vacuuming indexes", heap_blks_total: 10 },
    { command: "VACUUM", name: "vacuuming indexes" },
  ],
  [
    "what VACUUM FULL has read and cannot know the end of",
    "cluster",
    {
      command: "VACUUM FULL",
      phase: "index scanning heap",
      heap_tuples_scanned: 7,
    },
    {
      command: "VACUUM FULL",
      name: "index scanning heap",
      amount: { done: 7, unit: "row" },
    },
  ],
  [
    "the sample of ANALYZE",
    "analyze",
    {
      phase: "acquiring sample rows",
      sample_blks_total: 8,
      sample_blks_scanned: 2,
    },
    {
      command: "ANALYZE",
      name: "acquiring sample rows",
      amount: { done: 2, total: 8, unit: "block" },
      percent: 25,
    },
  ],
  [
    "bytes and rows of COPY, of which nobody knows the end",
    "copy",
    {
      command: "COPY FROM",
      type: "PIPE",
      bytes_processed: 2048,
      bytes_total: 0,
      tuples_processed: 12,
    },
    { command: "COPY FROM", amount: { done: 2048, unit: "byte" }, rows: 12 },
  ],
  [
    "never more than all of it",
    "copy",
    {
      command: "COPY FROM",
      bytes_processed: 20,
      bytes_total: 10,
      tuples_processed: 0,
    },
    {
      command: "COPY FROM",
      amount: { done: 20, total: 10, unit: "byte" },
      percent: 100,
      rows: 0,
    },
  ],
  [
    "a view of a later server by its name",
    "rewinding",
    { phase: "x" },
    { command: "REWINDING", name: "x" },
  ],
];

for (const [claim, view, columns, phase] of CASES) {
  Deno.test(`parsePhase() reads ${claim}`, () => {
    const row = { view, columns: JSON.stringify(columns) };

    deepEqual(
      parsePhase({ ...row, relation: undefined, index: undefined }),
      phase,
    );
  });
}

Deno.test("parsePhase() names table and index, but no number of a new one", () => {
  const columns = JSON.stringify({ command: INDEX, phase: "initializing" });
  const row = { view: "create_index", columns };

  deepEqual(parsePhase({ ...row, relation: "app.accounts", index: "16390" }), {
    command: INDEX,
    name: "initializing",
    relation: "app.accounts",
  });
});
