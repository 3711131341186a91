import {
  addedConstraints,
  type Alteration,
  alterationsOf,
  constraintOf,
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
    checkStatement: (context) =>
      checkAdded(
        context,
        "CONSTR_CHECK",
        ({ table }) =>
          `The CHECK reads all of ${shown(table)} while nobody can use it`,
      ),
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
    squawk: "adding-exclusion-constraint",
    files: "both",
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
