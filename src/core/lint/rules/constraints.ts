import { fieldsOf } from "../../sql/parse_tree.ts";
import {
  addedConstraints,
  type Alteration,
  alterationsOf,
  constraintOf,
  nameIn,
  shown,
} from "../alterations.ts";
import type { Problem, Rule, StatementContext } from "../rule.ts";

/** Constraints on tables that have rows. */
export const CONSTRAINT_RULES: readonly Rule[] = [
  {
    name: "constraint-missing-not-valid",
    severity: "error",
    summary: "ADD CONSTRAINT … CHECK without NOT VALID.",
    why:
      "All rows are read to check them while the table is locked against reads and writes (ACCESS EXCLUSIVE).",
    instead:
      "add it with NOT VALID, and VALIDATE CONSTRAINT in a later migration, which stops nobody",
    bad: "ALTER TABLE orders ADD CONSTRAINT positive CHECK (amount > 0);",
    good:
      "ALTER TABLE orders ADD CONSTRAINT positive CHECK (amount > 0) NOT VALID;",
    squawk: "constraint-missing-not-valid",
    files: "both",
    dependsOnSize: true,
    checkStatement: (context) =>
      checkAdded(
        context,
        "CONSTR_CHECK",
        ({ table }) =>
          `The CHECK reads all of ${shown(table)} while nobody can use it`,
      ),
  },
  {
    name: "domain-constraint-missing-not-valid",
    severity: "error",
    summary: "ALTER DOMAIN … ADD CONSTRAINT without NOT VALID.",
    why:
      "All rows of every table with a column of the domain are read, while they are locked against writes (SHARE).",
    instead:
      "add it with NOT VALID, and ALTER DOMAIN … VALIDATE CONSTRAINT in a later migration",
    bad: "ALTER DOMAIN price ADD CONSTRAINT positive CHECK (VALUE > 0);",
    good:
      "ALTER DOMAIN price ADD CONSTRAINT positive CHECK (VALUE > 0) NOT VALID;",
    squawk: "ban-alter-domain-with-add-constraint",
    files: "both",
    checkStatement: checkDomain,
  },
  {
    name: "disallowed-unique-constraint",
    severity: "error",
    summary:
      "A unique constraint or primary key that has to build its index first.",
    why:
      "The index is built while the table is locked against reads and writes (ACCESS EXCLUSIVE).",
    instead:
      "CREATE UNIQUE INDEX CONCURRENTLY, then ADD CONSTRAINT … UNIQUE USING INDEX",
    bad: "ALTER TABLE users ADD CONSTRAINT users_email UNIQUE (email);",
    good:
      "ALTER TABLE users ADD CONSTRAINT users_email UNIQUE USING INDEX users_email;",
    squawk: "disallowed-unique-constraint",
    files: "both",
    dependsOnSize: true,
    checkStatement: checkUnique,
  },
  {
    name: "adding-exclusion-constraint",
    severity: "error",
    summary: "An exclusion constraint on a table that is in use.",
    why:
      "Its index is built, and all rows are compared, while the table is locked against reads and writes (ACCESS EXCLUSIVE). There is no way to do it in steps.",
    instead: "do it while nobody needs the table, or in a new table",
    bad:
      "ALTER TABLE stays ADD CONSTRAINT one_guest EXCLUDE USING gist (during WITH &&);",
    good:
      "CREATE TABLE stays (during tstzrange, EXCLUDE USING gist (during WITH &&));",
    files: "both",
    dependsOnSize: true,
    checkStatement: (context) =>
      checkAdded(
        context,
        "CONSTR_EXCLUSION",
        ({ table }) =>
          `The exclusion constraint is built while nobody can use ${
            shown(table)
          }`,
      ),
  },
];

function checkAdded(
  context: StatementContext,
  contype: string,
  describe: (alteration: Alteration) => string,
): readonly Problem[] {
  return constraintsOnOld(context, contype)
    .filter(({ def }) => def["skip_validation"] !== true)
    .map((alteration) => ({
      message: describe(alteration),
      at: alteration.at,
    }));
}

function checkDomain(
  { statement: { tree: { kind, fields } }, schema }: StatementContext,
): readonly Problem[] {
  const constraint = fieldsOf(fieldsOf(fields["def"])["Constraint"]);
  const isAdded = kind === "AlterDomainStmt" &&
    constraint["contype"] === "CONSTR_CHECK" &&
    constraint["skip_validation"] !== true;
  const domain = nameIn(fields["typeName"]);
  if (!isAdded || schema.isNew(domain)) return [];
  return [{
    message: `Every table with a column of ${shown(domain)} is read, and ` +
      "nobody can write to it",
    at: constraint["location"],
  }];
}

function checkUnique(context: StatementContext): readonly Problem[] {
  const { statement: { tree }, schema } = context;
  const added = ["CONSTR_UNIQUE", "CONSTR_PRIMARY"]
    .flatMap((contype) => constraintsOnOld(context, contype))
    .filter(({ def }) => def["indexname"] === undefined);
  const inline = alterationsOf(tree).filter(({ subtype, table, def }) =>
    subtype === "AT_AddColumn" && !schema.isNew(table) &&
    constraintOf(def, "CONSTR_UNIQUE") !== undefined
  );
  return [...added, ...inline].map(({ table, at }) => ({
    message: `The index of the constraint is built while nobody can use ${
      shown(table)
    }`,
    at,
  }));
}

function constraintsOnOld(
  { statement: { tree }, schema }: StatementContext,
  contype: string,
): readonly Alteration[] {
  return addedConstraints(tree, contype)
    .filter(({ table }) => !schema.isNew(table));
}
