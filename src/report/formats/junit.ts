import type { Report } from "../../core/report.ts";
import {
  type Case,
  type Digest,
  digestOf,
  type Issue,
  looseIssues,
  textOfIssue,
} from "../digest.ts";
import { showPlace } from "../error_text.ts";
import type { FormatContext } from "./format.ts";

/** A report of JUnit with one suite, as CI servers read it. */
export function renderJunit(report: Report, { cwd }: FormatContext): string {
  const digest = digestOf(report, cwd);
  const cases = [
    ...digest.cases.map(testOfCase),
    ...looseIssues(digest).map(testOfIssue),
  ];
  // Servers take a suite without tests for one that did not run.
  const tests = cases.length > 0 ? cases : [testOfNothing(digest)];
  const suite = element("testsuite", {
    name: suiteName(digest),
    ...countsOf(tests),
  }, tests.map((test) => renderTest(test, digest)));
  return `<?xml version="1.0" encoding="UTF-8"?>\n` +
    element("testsuites", { name: "lockstep", ...countsOf(tests) }, [suite]);
}

interface Test {
  readonly name: string;
  readonly path: string | undefined;
  readonly durationMs: number;
  readonly outcome: "passed" | "failure" | "skipped";
  /** What the outcome is about. */
  readonly message: string;
  readonly issues: readonly Issue[];
}

function testOfCase(one: Case): Test {
  const { name, path, state, note, durationMs = 0, issues } = one;
  return {
    name,
    path,
    durationMs,
    outcome: state === "failed" ? "failure" : state,
    message: note,
    issues,
  };
}

function testOfIssue(issue: Issue): Test {
  const { severity, isForced, code, message, location } = issue;
  return {
    name: location === undefined ? code : `${code} ${showPlace(location)}`,
    path: location?.path,
    durationMs: 0,
    outcome: severity === "error" && !isForced ? "failure" : "passed",
    message,
    issues: [issue],
  };
}

function testOfNothing({ title, sum }: Digest): Test {
  return {
    name: title,
    path: undefined,
    durationMs: 0,
    outcome: "passed",
    message: sum,
    issues: [],
  };
}

function suiteName({ title, target }: Digest): string {
  return target === undefined
    ? `lockstep ${title}`
    : `lockstep ${title}: ${target}`;
}

function countsOf(tests: readonly Test[]): Attributes {
  const number = (outcome: Test["outcome"]) =>
    String(tests.filter((test) => test.outcome === outcome).length);
  return {
    tests: String(tests.length),
    failures: number("failure"),
    errors: "0",
    skipped: number("skipped"),
    time: seconds(tests.reduce((sum, test) => sum + test.durationMs, 0)),
  };
}

function renderTest(test: Test, { title }: Digest): string {
  return element("testcase", {
    classname: `lockstep.${title}`,
    name: test.name,
    ...(test.path !== undefined && { file: test.path }),
    time: seconds(test.durationMs),
  }, outcomeOf(test));
}

function outcomeOf(test: Test): readonly string[] {
  const text = test.issues.map(describeIssue).join("\n\n");
  const [first] = test.issues;
  switch (test.outcome) {
    case "failure":
      return [textElement("failure", {
        message: first?.message ?? test.message,
        type: first?.code ?? "failed",
      }, text === "" ? test.message : text)];
    case "skipped":
      return [
        element("skipped", { message: test.message }, []),
        ...output(text),
      ];
    case "passed":
      return output(text);
    default:
      return test.outcome satisfies never;
  }
}

function output(text: string): readonly string[] {
  return text === "" ? [] : [textElement("system-out", {}, text)];
}

function describeIssue(issue: Issue): string {
  const { location, severity, isForced, code } = issue;
  const place = location === undefined ? "" : `\n${showPlace(location)}`;
  const label = isForced ? "forced" : severity;
  return `${label}[${code}]: ${textOfIssue(issue)}${place}`;
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(3);
}

type Attributes = Readonly<Record<string, string>>;

function element(
  name: string,
  attributes: Attributes,
  children: readonly string[],
): string {
  const head = `<${name}${renderAttributes(attributes)}`;
  if (children.length === 0) return `${head}/>\n`;
  return `${head}>\n${children.join("")}</${name}>\n`;
}

function textElement(
  name: string,
  attributes: Attributes,
  text: string,
): string {
  const head = `<${name}${renderAttributes(attributes)}>`;
  return `${head}${escapeXml(text)}</${name}>\n`;
}

function renderAttributes(attributes: Attributes): string {
  return Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${escapeAttribute(value)}"`).join("");
}

function escapeAttribute(text: string): string {
  return escapeXml(text).replaceAll('"', "&quot;").replaceAll("\t", "&#9;")
    .replaceAll("\n", "&#10;");
}

function escapeXml(text: string): string {
  return text.toWellFormed().replace(NOT_XML, "\ufffd")
    .replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** What XML 1.0 cannot hold, not even escaped (section 2.2). */
const NOT_XML = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;
