import type {
  DroppedTestDatabase,
  ListedTestDatabase,
  TestDatabaseReport,
} from "../core/testing/test_database_report.ts";
import { count, showText } from "./layout.ts";

/** The URL alone, for programs; else a line for each database. */
export function renderTestDatabase(report: TestDatabaseReport): string {
  const { url, databases, dropped } = report;
  if (url !== undefined) return `${url}\n`;
  return [
    ...databases?.map(listedLine) ?? [],
    ...dropped?.map(droppedLine) ?? [],
  ].map((line) => `${line}\n`).join("");
}

/** What it came to, in one line. */
export function describeTestDatabase(
  { name, databases, dropped }: TestDatabaseReport,
): string {
  if (name !== undefined) return `Made the test database ${showText(name)}.`;
  if (databases !== undefined) {
    return `Found ${count(databases.length, "database")} for tests.`;
  }
  if (dropped === undefined) return "";
  const done = dropped.filter(({ status }) => status === "dropped").length;
  return `Dropped ${count(done, "test database")}.`;
}

function listedLine(
  { name, kind, folder, sessions }: ListedTestDatabase,
): string {
  const of = folder === undefined ? "" : ` of ${showText(folder)}`;
  const use = sessions === 0 ? "" : `, ${count(sessions, "session")}`;
  return `${showText(name)}  ${kind}${of}${use}`;
}

function droppedLine({ name, status }: DroppedTestDatabase): string {
  return `${WORDS[status]} ${showText(name)}`;
}

const WORDS: Readonly<Record<DroppedTestDatabase["status"], string>> = {
  dropped: "dropped",
  in_use: "in use, kept",
  not_there: "not there",
};
