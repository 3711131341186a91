import type { Report } from "../../core/report.ts";
import { digestOf, type Issue, textOfIssue } from "../digest.ts";
import type { FormatContext } from "./format.ts";

/**
 * Workflow commands of GitHub Actions: one for each error and warning, and
 * one that says what it came to (GitHub documentation, "Workflow commands for
 * GitHub Actions").
 */
export function renderGithub(report: Report, { cwd }: FormatContext): string {
  const { title, sum, findings } = digestOf(report, cwd);
  return [
    ...findings.map(commandOf),
    command("notice", { title: `lockstep ${title}` }, sum),
  ].map((line) => `${line}\n`).join("");
}

function commandOf(issue: Issue): string {
  const { isForced, code, location } = issue;
  const { path, line, column } = location ?? {};
  return command(nameOf(issue), {
    file: path,
    line: line?.toString(),
    col: column?.toString(),
    title: isForced ? `forced: ${code}` : code,
  }, textOfIssue(issue));
}

function nameOf({ severity, isForced }: Issue): CommandName {
  if (isForced) return "warning";
  return severity === "info" ? "notice" : severity;
}

type CommandName = "error" | "warning" | "notice";

function command(
  name: CommandName,
  properties: Readonly<Record<string, string | undefined>>,
  message: string,
): string {
  const given = Object.entries(properties).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}=${escapeProperty(value)}`]
  );
  return `::${name} ${given.join(",")}::${escapeData(message)}`;
}

/** As the runner's own toolkit escapes (actions/toolkit, command.ts). */
function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D")
    .replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
