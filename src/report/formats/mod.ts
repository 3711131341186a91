import type { OutputFormat } from "../../core/output_format.ts";
import { renderResult } from "../human.ts";
import { renderJson, renderJsonLine } from "../json.ts";
import { renderGithub } from "./github.ts";
import { renderGitlab } from "./gitlab.ts";
import type { Format } from "./format.ts";
import { renderJunit } from "./junit.ts";
import { renderMarkdown } from "./markdown.ts";
import { renderSarif } from "./sarif.ts";

/** Every way to print a result. */
export const FORMATS: Readonly<Record<OutputFormat, Format>> = {
  human: {
    summary: "text for people",
    render: (report, { verbosity, theme }) =>
      renderResult(report, verbosity, theme),
  },
  json: {
    summary:
      "one JSON document, as [schema/report.json](schema/report.json) describes it",
    render: renderJson,
  },
  jsonl: {
    summary:
      "a line of JSON for each event of a run as it happens, and the document of `json` as the last line; the same schema describes every line",
    render: renderJsonLine,
  },
  junit: {
    summary:
      "JUnit XML: a test case for each migration, version or check, and for each error and warning that belongs to none; only errors are failures",
    render: renderJunit,
  },
  github: {
    summary:
      "workflow commands of GitHub Actions, which mark errors and warnings in the files",
    render: renderGithub,
  },
  gitlab: {
    summary: "a Code Quality report of GitLab",
    render: renderGitlab,
  },
  sarif: { summary: "SARIF 2.1.0, for code scanning", render: renderSarif },
  markdown: {
    summary:
      "tables for a pull request, or for the file that `GITHUB_STEP_SUMMARY` names",
    render: renderMarkdown,
  },
};
