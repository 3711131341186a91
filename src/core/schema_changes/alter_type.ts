import { alterColumn } from "./alter_column.ts";
import { splitList, splitStatements } from "./split_statements.ts";
import { readColumn } from "./table_shape.ts";

/** The statements that alter a type in place; undefined where none can. */
export function alterType(
  name: string,
  before: string,
  after: string,
): readonly string[] | undefined {
  if (ENUM.test(before) && ENUM.test(after)) {
    return addLabels(name, labelsOf(before), labelsOf(after));
  }
  const isDomain = [before, after].every((text) =>
    text.startsWith("CREATE DOMAIN ")
  );
  return isDomain ? alterDomain(name, before, after) : undefined;
}

const ENUM = /^CREATE TYPE .* AS ENUM \(/u;

function labelsOf(create: string): readonly string[] {
  const list = create.slice(create.indexOf(" AS ENUM (") + " AS ENUM (".length);
  return splitList(list.replace(/\s*\);$/u, ""));
}

/** A label can be added, and never removed. */
function addLabels(
  name: string,
  old: readonly string[],
  fresh: readonly string[],
): readonly string[] | undefined {
  const kept = fresh.filter((label) => old.includes(label));
  if (kept.join() !== old.join()) return undefined;
  return fresh.flatMap((label, index) => {
    if (old.includes(label)) return [];
    const previous = fresh[index - 1];
    const place = previous === undefined
      ? old[0] === undefined ? "" : ` BEFORE ${old[0]}`
      : ` AFTER ${previous}`;
    return [`ALTER TYPE ${name} ADD VALUE ${label}${place};`];
  });
}

function alterDomain(
  name: string,
  before: string,
  after: string,
): readonly string[] | undefined {
  const [first = "", ...old] = splitStatements(before);
  const [second = "", ...fresh] = splitStatements(after);
  const [one, other] = [first, second].map((text) =>
    readColumn(text.replace(/^CREATE DOMAIN .*? AS /su, "x ").slice(0, -1))
  );
  if (one === undefined || other === undefined) return undefined;
  const { statements, isRetyped } = alterColumn(name, one, other);
  if (isRetyped) return undefined;
  return [
    ...old.filter((constraint) => !fresh.includes(constraint))
      .map(dropConstraint),
    ...statements.map((statement) =>
      statement.replace(
        /^ALTER TABLE .*? ALTER COLUMN x /su,
        () => `ALTER DOMAIN ${name} `,
      )
    ),
    ...fresh.filter((constraint) => !old.includes(constraint)),
  ];
}

/** Of the statement that adds it. */
function dropConstraint(added: string): string {
  const [, head = "", name = ""] =
    /^(ALTER DOMAIN .+) ADD CONSTRAINT ("(?:[^"]|"")*"|\S+) /su.exec(added) ??
      [];
  return `${head} DROP CONSTRAINT ${name};`;
}
