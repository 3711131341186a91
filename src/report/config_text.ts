import type {
  ShownSetting,
  ShownVariable,
} from "../core/config/describe_config.ts";
import type { Origin } from "../core/config/resolve.ts";
import type { ConfigReport } from "../core/report.ts";
import { showPlace } from "./error_text.ts";
import { renderTable, type Row, showText } from "./layout.ts";
import { paint, type Theme } from "./theme.ts";

/** Every setting with its value and where that comes from. */
export function renderConfig(report: ConfigReport, theme: Theme): string {
  const head = `file: ${showText(report.file ?? "none")}\n` +
    `environment: ${describeEnvironment(report, theme)}\n`;
  const settings = render("setting", report.settings.map(settingRow), theme);
  if (report.variables.length === 0) return `${head}\n${settings}`;
  const variables = render(
    "variable",
    report.variables.map(variableRow),
    theme,
  );
  return `${head}\n${settings}\n${variables}`;
}

function describeEnvironment(report: ConfigReport, theme: Theme): string {
  const { environment, environments, isProtected } = report;
  if (environment === undefined) {
    return environments.length === 0
      ? "none"
      : `none (there are: ${environments.map(showText).join(", ")})`;
  }
  const mark = isProtected ? `, ${paint(theme, "warning", "protected")}` : "";
  return `${showText(environment)}${mark}`;
}

function render(title: string, rows: readonly Row[], theme: Theme): string {
  const header: Row = {
    cells: [title, "value", "from"].map((text) => ({ text, tone: "dim" })),
  };
  return renderTable(
    [header, ...rows],
    { align: ["left", "left", "left"], flexible: 1, indent: "" },
    theme,
  );
}

function settingRow({ name, value, origin }: ShownSetting): Row {
  return row(name, describeValue(value), origin);
}

function variableRow({ name, value, origin }: ShownVariable): Row {
  return row(name, value, origin);
}

function row(name: string, value: string, origin: Origin): Row {
  const from = describeOrigin(origin);
  return {
    cells: [
      { text: showText(name) },
      { text: showText(value) },
      origin.kind === "default" ? { text: from, tone: "dim" } : { text: from },
    ],
  };
}

function describeValue(value: ShownSetting["value"]): string {
  if (value === undefined) return "-";
  if (typeof value !== "object") return String(value);
  return value.length === 0 ? "-" : value.join(", ");
}

function describeOrigin(origin: Origin): string {
  switch (origin.kind) {
    case "flag":
    case "variable":
      return showText(origin.name);
    case "file": {
      const { path, line } = origin.location;
      const place = showPlace({
        path,
        ...(line === undefined ? {} : { line }),
      });
      const { environment } = origin;
      return environment === undefined
        ? place
        : `${place} [env.${showText(environment)}]`;
    }
    case "default":
      return "default";
    default:
      return origin satisfies never;
  }
}
