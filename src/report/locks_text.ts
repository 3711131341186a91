import { describeSize, type LiveTable } from "../core/lint/live_tables.ts";
import type { ShownLock, StatementLocks } from "../core/locks/script_locks.ts";
import { count, showText } from "./layout.ts";
import { paint, type Theme } from "./theme.ts";

/** How each statement locks tables, by file. */
export function renderLocks(
  statements: readonly StatementLocks[],
  theme: Theme,
): string {
  let path: string | undefined;
  return statements.map((statement) => {
    const isFirst = statement.location.path !== path;
    path = statement.location.path;
    const head = isFirst ? `${paint(theme, "strong", showText(path))}\n` : "";
    return head + renderStatement(statement, theme);
  }).join("");
}

function renderStatement(
  { location, label, repeats, locks, instead }: StatementLocks,
  theme: Theme,
): string {
  const times = repeats === 0
    ? ""
    : `, and ${count(repeats, "more statement")} like it`;
  const lines = [
    `${location.line}: ${showText(label)}${times}`,
    ...(locks === undefined
      ? [`  ${paint(theme, "warning", "unknown")}: it can lock anything`]
      : locks.length === 0
      ? ["  locks no table"]
      : locks.map((lock) => `  ${describeLock(lock, theme)}`)),
    ...(instead === undefined
      ? []
      : [`  ${paint(theme, "strong", "instead:")} ${showText(instead)}`]),
  ];
  return lines.map((line) => `  ${line}\n`).join("");
}

function describeLock(lock: ShownLock, theme: Theme): string {
  const { table, mode, stops, isNew, size } = lock;
  const big = size === undefined
    ? ""
    : ` (${describeSize(size)}; ${describeTraffic(size)})`;
  const head = `${showText(table)}${big}: ${mode}`;
  if (isNew) return `${head}, made here`;
  const work = describeWork(lock);
  if (stops === "nothing") {
    return work === "" ? head : `${head} ${work}`;
  }
  const tone = stops === "writes" ? "warning" : "bad";
  return `${head}, ${paint(theme, tone, `stops ${stops}`)} ${
    work === "" ? "until the end of the transaction" : work
  }`;
}

/** Since the statistics of the server began. */
function describeTraffic({ writes, scans }: LiveTable): string {
  return `${count(writes, "row")} written and ${count(scans, "scan")} so far`;
}

function describeWork({ work, isWorkCertain }: ShownLock): string {
  const verb = isWorkCertain ? "is" : "may be";
  switch (work) {
    case "none":
      return "";
    case "scan":
      return `while all of it ${verb} read`;
    case "index":
      return `while an index ${verb} built`;
    case "rewrite":
      return `while all of it ${verb} written anew`;
    default:
      return work satisfies never;
  }
}
