import {
  FileError,
  HistoryError,
  type LockstepError,
  type ServerMessage,
  type SourceLocation,
} from "../errors.ts";
import type { Finding } from "../core/finding.ts";
import { renderExcerpt } from "./excerpt_text.ts";
import { showLines, showText } from "./layout.ts";
import { paint, type Theme, UNPAINTED } from "./theme.ts";

/** An error as `docs/reference.md` shows it, with those found beside it. */
export function renderError(error: LockstepError, theme: Theme): string {
  const all = [error, ...othersOf(error)];
  const total = all.length > 1
    ? `\n${paint(theme, "bad", `${all.length} errors`)}\n`
    : "";
  return all.map((one) => renderOne(one, theme)).join("\n") + total;
}

/** A finding in the shape of an error, under a label such as its severity. */
export function renderFinding(
  finding: Finding,
  label: Finding["severity"] | "forced",
  theme: Theme,
): string {
  const tone = label === "error"
    ? "bad"
    : label === "info"
    ? "accent"
    : "warning";
  const head = paint(theme, tone, `${label}[${finding.code}]`);
  return [
    `${head}: ${showText(finding.message)}\n`,
    renderPlace(finding.location, theme),
    renderField("hint", finding.hint, theme),
  ].join("");
}

function othersOf(error: LockstepError): readonly LockstepError[] {
  return error instanceof FileError || error instanceof HistoryError
    ? error.others
    : [];
}

function renderOne(error: LockstepError, theme: Theme): string {
  const head = paint(theme, "bad", `error[${error.code}]`);
  return [
    `${head}: ${showText(error.message)}\n`,
    renderPlace(error.location, theme),
    error.server === undefined
      ? ""
      : renderServer(error.server, error.message, theme),
    renderField("hint", error.hint, theme),
  ].join("");
}

function renderPlace(
  location: SourceLocation | undefined,
  theme: Theme,
): string {
  if (location === undefined) return "";
  const arrow = paint(theme, "accent", "  -->");
  return `${arrow} ${showPlace(location)}\n${renderExcerpt(location, theme)}`;
}

/** A place as editors take it, such as `migrations/001_a.sql:14:22`. */
export function showPlace(location: SourceLocation): string {
  const { path, line, column } = location;
  const at = [line, column].filter((number) => number !== undefined);
  return [showText(path), ...at].join(":");
}

/** What the server said beyond the message, in lines such as `sqlstate: …`. */
export function describeServer(
  server: ServerMessage,
  message: string,
): readonly string[] {
  return renderServer(server, message, UNPAINTED).split("\n").slice(0, -1);
}

function renderServer(
  server: ServerMessage,
  message: string,
  theme: Theme,
): string {
  const isQuoted = message.includes(server.message);
  return [
    renderField(
      "server",
      isQuoted ? undefined : `${server.severity}: ${server.message}`,
      theme,
    ),
    renderField("sqlstate", server.sqlstate, theme),
    renderField("detail", server.detail, theme),
    renderField("server hint", server.hint, theme),
    renderField("where", server.where, theme),
    renderField("query", server.internalQuery, theme),
    renderField("object", describeObject(server), theme),
    renderField("constraint", server.constraint, theme),
  ].join("");
}

function describeObject(server: ServerMessage): string | undefined {
  const relation = [server.schema, server.table, server.column]
    .filter((part) => part !== undefined).join(".");
  if (server.dataType === undefined) return relation || undefined;
  return `${relation} type ${server.dataType}`.trim();
}

function renderField(
  label: string,
  value: string | undefined,
  theme: Theme,
): string {
  if (value === undefined || value === "") return "";
  const [first, ...rest] = showLines(value);
  const lines = [
    `${paint(theme, "strong", `${label}:`)} ${first}`,
    // Indented, so that no text of a server passes for a field or an error.
    ...rest.map((line) => `  ${line}`),
  ];
  return lines.map((line) => `${line.trimEnd()}\n`).join("");
}
