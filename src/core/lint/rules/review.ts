import { shown } from "../alterations.ts";
import { exclusiveTables } from "../exclusive_tables.ts";
import type { FileContext, Problem, Rule } from "../rule.ts";

/** What a review of a migration asks for. */
export const REVIEW_RULES: readonly Rule[] = [
  {
    name: "many-tables-locked",
    severity: "info",
    summary: "Several tables in use are locked in one transaction.",
    why:
      "Each stays locked against reads and writes until the end, while the next one is waited for, and programs that take them in another order deadlock.",
    instead: "change one table in each migration, or use transaction=off",
    bad:
      "ALTER TABLE users ADD COLUMN a int;\nALTER TABLE orders ADD COLUMN a int;",
    good:
      "ALTER TABLE users ADD COLUMN a int;\nALTER TABLE users ADD COLUMN b int;",
    files: "migrations",
    checkFile: checkLocks,
  },
  {
    name: "mixed-transaction",
    severity: "info",
    summary:
      "Statements that cannot run in a transaction, beside others that can.",
    why:
      "It runs in parts, each of which stays when a later one fails; lockstep records how far it came, and goes on there.",
    instead: "give what cannot run in a transaction a migration of its own",
    bad:
      "CREATE TABLE a (b int);\nCREATE INDEX CONCURRENTLY i ON users (email);",
    good: "CREATE INDEX CONCURRENTLY i ON users (email);",
    files: "both",
    checkFile: checkMixture,
  },
  {
    name: "rollback-missing",
    severity: "info",
    summary: "A migration without a rollback file.",
    why: "It cannot be rolled back.",
    instead:
      'write one into rollbacks/, or "-- lockstep: irreversible" into the header',
    bad: "CREATE TABLE a (b int);",
    good: "-- lockstep: irreversible\nCREATE TABLE a (b int);",
    files: "migrations",
    checkFile: ({ file: { migration } }) =>
      migration === undefined || migration.hasRollback ||
        migration.header.directives.irreversible === true
        ? []
        : [{ message: "There is no rollback file" }],
  },
  {
    name: "validation-missing",
    severity: "info",
    summary: "A migration that does not check what it did.",
    why:
      "What is not checked in its transaction is found out only when it is committed.",
    instead:
      "end it with a DO block that raises an exception if not all is there",
    bad: "CREATE TABLE a (b int);",
    good: "CREATE TABLE a (b int);\nDO $$ BEGIN PERFORM b FROM a; END $$;",
    files: "both",
    checkFile: checkValidation,
  },
  {
    name: "header-incomplete",
    severity: "info",
    summary: "A header without description, author or date.",
    why: "Those who read it later do not know what it is for and whom to ask.",
    instead: 'fill in what "lockstep create" writes there',
    bad: "CREATE TABLE a (b int);",
    good:
      "-- Description: what it is for\n-- Author: who\n-- Created: 2026-01-01\nCREATE TABLE a (b int);",
    files: "both",
    checkFile: checkHeader,
  },
];

function checkLocks({ statements, schema }: FileContext): readonly Problem[] {
  const tables = statements
    .filter(({ mode }) => mode === "transactional")
    .flatMap(({ tree }) => exclusiveTables(tree))
    .filter((table) => !schema.isNew(table))
    .map(shown);
  const distinct = [...new Set(tables)];
  if (distinct.length < 2) return [];
  const listed = distinct.slice(0, MAX_LISTED).join(", ");
  const rest = distinct.length - MAX_LISTED;
  const more = rest > 0 ? ` and ${rest} more` : "";
  return [{
    message: `One transaction locks ${listed}${more} against all use`,
  }];
}

const MAX_LISTED = 5;

function checkMixture({ statements }: FileContext): readonly Problem[] {
  const own = statements.filter(({ tree }) => !TOOLS.has(tree.kind));
  const lone = own.filter(({ mode }) => mode === "non_transactional");
  const [first] = lone;
  if (first === undefined || lone.length === own.length) return [];
  return [{
    message: `${lone.length} of ${own.length} statements cannot run in a ` +
      "transaction, the first of them here",
    statement: first,
  }];
}

/** They change nothing that could be left half-way. */
const TOOLS: ReadonlySet<string> = new Set([
  "DoStmt",
  "SelectStmt",
  "TransactionStmt",
  "VariableSetStmt",
]);

function checkValidation(
  { file: { migration }, statements }: FileContext,
): readonly Problem[] {
  const isChecked = statements.some(({ tree }) => tree.kind === "DoStmt");
  if (migration === undefined || isChecked || statements.length === 0) {
    return [];
  }
  return [{ message: "Nothing checks what the file did" }];
}

function checkHeader({ file: { migration } }: FileContext): readonly Problem[] {
  if (migration === undefined) return [];
  const { description, author, created } = migration.header;
  const missing = Object.entries({ description, author, created })
    .filter(([, value]) => value === undefined).map(([name]) => name);
  if (missing.length === 0) return [];
  return [{ message: `The header has no ${missing.join(", no ")}` }];
}
