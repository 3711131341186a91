import { formatBytes } from "../core/format_bytes.ts";
import type { AwaitedLock, Blockage, Blocker } from "../core/blocker.ts";
import type { Amount, Phase } from "../core/phase.ts";
import { clipText, count, formatDuration, showText } from "./layout.ts";
import { paint, type Theme } from "./theme.ts";

/** Who is in the way of a migration, as lines under each other. */
export function renderBlockage(blockage: Blockage, theme: Theme): string {
  const { awaits, waitedMs, blockers, omitted } = blockage;
  const head = `${paint(theme, "warning", "BLOCKED:")} has waited ` +
    `${formatDuration(waitedMs)} for ${describeLock(awaits)}, behind`;
  const lines = [
    ...blockers.flatMap((blocker) => blockerLines(blocker, theme)),
    ...(omitted > 0 ? [`and ${count(omitted, "more session")}`] : []),
  ];
  return [`  ${head}`, ...lines.map((line) => `    ${line}`)]
    .map((line) => `${line}\n`).join("");
}

/** The shortest name of those at the root of a wait. */
export function nameBlockers({ blockers }: Blockage): string {
  const names = blockers.map(({ processId, preparedAs }) =>
    processId === undefined
      ? `prepared transaction "${showText(preparedAs ?? "")}"`
      : `pid ${processId}`
  );
  const [first = "", second] = names;
  if (second === undefined) return first;
  return `${first} and ${count(names.length - 1, "other")}`;
}

/** How far a statement is, with the number first, as the rest may be cut. */
export function describePhase(phase: Phase): string {
  const { command, name, relation, index, percent, rows } = phase;
  const object = index ?? relation;
  const on = object === undefined ? "" : ` on ${showText(object)}`;
  return [
    ...(percent === undefined ? [] : [`${percent}%`]),
    ...(name === undefined ? [] : [`${showText(name)},`]),
    ...(rows === undefined || rows === 0 ? [] : [`${count(rows, "row")},`]),
    `${showText(command)}${on}`,
  ].join(" ");
}

/** Such as ` (1 of 3 blocks)`, or nothing. */
export function describeAmount({ amount }: Phase): string {
  if (amount === undefined) return "";
  const { done, total, unit } = amount;
  if (unit === "byte") {
    const of = total === undefined ? "" : ` of ${formatBytes(total)}`;
    return ` (${formatBytes(done)}${of})`;
  }
  const units = (number: number) => number === 1 ? unit : PLURAL[unit];
  return total === undefined
    ? ` (${done} ${units(done)})`
    : ` (${done} of ${total} ${units(total)})`;
}

const PLURAL: Readonly<Record<Amount["unit"], string>> = {
  block: "blocks",
  row: "rows",
  byte: "bytes",
  session: "sessions",
  index: "indexes",
  item: "items",
};

const MAX_QUERY = 80;

function blockerLines(
  blocker: Blocker,
  theme: Theme,
): readonly string[] {
  const { isRepeated, query, awaits, blockers } = blocker;
  if (isRepeated) return [`${whoIs(blocker)}, as above`];
  const waits = awaits === undefined ? [] : [
    `waits for ${describeLock(awaits)}${blockers.length > 0 ? ", behind" : ""}`,
  ];
  return [
    [whoIs(blocker), ...factsOf(blocker)].join(", "),
    ...(query === undefined
      ? []
      : [`  ${clipText(showText(query), MAX_QUERY, theme)}`]),
    ...waits.map((line) => `  ${line}`),
    ...blockers.flatMap((one) =>
      blockerLines(one, theme).map((line) => `    ${line}`)
    ),
  ];
}

function whoIs({ kind, processId, preparedAs }: Blocker): string {
  if (kind === "prepared") {
    return `prepared transaction "${showText(preparedAs ?? "")}"`;
  }
  return kind === "autovacuum"
    ? `autovacuum, pid ${processId}`
    : `pid ${processId}`;
}

function factsOf(blocker: Blocker): readonly string[] {
  const { kind, user, application, address, state, transactionMs } = blocker;
  const isSession = kind === "session" && blocker.details === "seen";
  return [
    ...(user === undefined ? [] : [`user ${showText(user)}`]),
    ...(application === undefined ? [] : [showText(application)]),
    ...(isSession ? [`from ${showText(address ?? "a local socket")}`] : []),
    ...(state === undefined ? [] : [showText(state)]),
    ...(transactionMs === undefined
      ? []
      : [`transaction of ${formatDuration(transactionMs)}`]),
    ...(blocker.details === "hidden" ? ["the rest is hidden from us"] : []),
  ];
}

function describeLock({ kind, mode, relation }: AwaitedLock): string {
  const name = relation === undefined ? undefined : showText(relation);
  switch (kind) {
    case "relation":
      return `${mode} on ${name ?? "a table"}`;
    case "tuple":
    case "transactionid":
      return name === undefined
        ? "the end of a transaction"
        : `a row of ${name}`;
    case "virtualxid":
      return "the end of an older transaction";
    case "advisory":
      return `${mode} on an advisory lock`;
    default:
      return `${mode} on ${showText(kind)}${
        name === undefined ? "" : ` of ${name}`
      }`;
  }
}
