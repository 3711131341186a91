import { UsageError } from "../../errors.ts";
import { parseConnectionString } from "../connection/connection_string.ts";
import { showName } from "../display.ts";
import { maskValue } from "../config/mask.ts";
import type { ListedTestDatabase } from "./test_database_report.ts";

/** The name of a copy of a template, with what makes it unique. */
export function testDatabaseName(template: string, unique: string): string {
  const tail = unique.replaceAll("-", "").slice(0, 12);
  return `${template.replace("_template_", "_test_")}_${tail}`;
}

/** What a database is for, by its name; undefined when lockstep made it not. */
export function kindOfTestDatabase(
  name: string,
): ListedTestDatabase["kind"] | undefined {
  if (/^lockstep_test_[0-9a-f]{16}_[0-9a-f]{12}$/.test(name)) return "test";
  return /^lockstep_template_[0-9a-f]{16}$/.test(name) ? "template" : undefined;
}

/** What a database for tests says of itself. */
export function commentOf(
  kind: ListedTestDatabase["kind"],
  folder: string,
): string {
  return `${COMMENTS[kind]}${folder}`;
}

/** The folder of the migrations that such a comment names. */
export function folderIn(
  kind: ListedTestDatabase["kind"],
  comment: string | undefined,
): string | undefined {
  return comment?.startsWith(COMMENTS[kind]) === true
    ? comment.slice(COMMENTS[kind].length)
    : undefined;
}

const COMMENTS = {
  test: "lockstep test database of ",
  template: "lockstep template of ",
} as const;

/**
 * The name in a name or a URL.
 *
 * @throws {UsageError} If lockstep did not make such a database.
 */
export function requireTestDatabase(text: string): string {
  const name = databaseIn(text);
  if (name !== undefined && kindOfTestDatabase(name) !== undefined) return name;
  const shown = showName(name ?? maskValue(text));
  throw new UsageError(
    "invalid_argument",
    `Cannot drop "${shown}" as that is no database which test-db has made`,
    { hint: 'see "lockstep test-db list"' },
  );
}

function databaseIn(text: string): string | undefined {
  if (!/^postgres(?:ql)?:\/\//i.test(text)) return text;
  try {
    return new Map(parseConnectionString(text)).get("dbname");
  } catch {
    // That is no URL of a database, whatever else it is.
    return undefined;
  }
}
