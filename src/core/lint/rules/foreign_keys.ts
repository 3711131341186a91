import { names } from "../../sql/parse_tree.ts";
import {
  addedConstraints,
  type Alteration,
  alterationsOf,
  constraintOf,
  shown,
} from "../alterations.ts";
import type { LintSeverity, Problem, Rule, StatementContext } from "../rule.ts";

/** Foreign keys of tables that have rows. */
export const FOREIGN_KEY_RULES: readonly Rule[] = [
  {
    name: "adding-foreign-key-constraint",
    severity: "error",
    summary: "A foreign key on a table that is in use, without NOT VALID.",
    why:
      "All rows are checked while both tables are locked against writes (SHARE ROW EXCLUSIVE).",
    instead:
      "add it with NOT VALID, and VALIDATE CONSTRAINT in a later migration, which stops no writes",
    bad:
      "ALTER TABLE orders ADD CONSTRAINT orders_user FOREIGN KEY (user_id) REFERENCES users;",
    good:
      "ALTER TABLE orders ADD CONSTRAINT orders_user FOREIGN KEY (user_id) REFERENCES users NOT VALID;",
    squawk: "adding-foreign-key-constraint",
    files: "both",
    dependsOnSize: true,
    checkStatement: checkForeignKey,
  },
];

function checkForeignKey(
  { statement: { tree }, schema }: StatementContext,
): readonly Problem[] {
  const fresh = new Set(
    alterationsOf(tree).filter(({ subtype }) => subtype === "AT_AddColumn")
      .map(({ def }) => def["colname"]),
  );
  const added = addedConstraints(tree, "CONSTR_FOREIGN")
    .filter(({ table, def }) =>
      def["skip_validation"] !== true && !schema.isNew(table)
    )
    .map(({ table, def, at }) => {
      const columns = names(def["fk_attrs"]);
      const areNew = columns.every((column) =>
        fresh.has(column) || schema.isNewColumn(table, column)
      );
      return foreignKeyProblem(table, at, areNew ? "warning" : "error");
    });
  const inline = alterationsOf(tree)
    .filter(({ subtype, table }) =>
      subtype === "AT_AddColumn" && !schema.isNew(table)
    )
    .filter(({ def }) => constraintOf(def, "CONSTR_FOREIGN") !== undefined)
    .map(({ table, def, at }) =>
      constraintOf(def, "CONSTR_DEFAULT") === undefined
        ? briefProblem(table, at)
        : foreignKeyProblem(table, at, "error")
    );
  return [...added, ...inline];
}

/** A column without a default holds NULL, and the server reads nothing. */
function briefProblem(table: Alteration["table"], at: unknown): Problem {
  const message = `The foreign key of the new column of ${
    shown(table)
  } stops writes to the other table, too, for a moment`;
  return { message, severity: "info", at };
}

/** New columns hold NULL, so that rows are read and none is looked up. */
function foreignKeyProblem(
  table: Alteration["table"],
  at: unknown,
  severity: LintSeverity,
): Problem {
  const message = `The foreign key reads all of ${
    shown(table)
  } while nobody can write to it`;
  return { message, severity, at };
}
