import { alterationsOf, shown } from "../alterations.ts";
import { text } from "../../sql/parse_tree.ts";
import type { FileContext, LintStatement, Problem, Rule } from "../rule.ts";

/** Constraints that are checked in a second step. */
export const VALIDATION_RULES: readonly Rule[] = [
  {
    name: "validating-in-same-transaction",
    severity: "error",
    summary:
      "VALIDATE CONSTRAINT in the transaction that added the constraint.",
    why:
      "The lock of ADD CONSTRAINT, which stops writes or all use, is held until the transaction ends, and so while all rows are read. NOT VALID is then for nothing.",
    instead: "validate it in a later migration",
    bad:
      "ALTER TABLE orders ADD CONSTRAINT positive CHECK (amount > 0) NOT VALID;\nALTER TABLE orders VALIDATE CONSTRAINT positive;",
    good: "ALTER TABLE orders VALIDATE CONSTRAINT positive;",
    squawk: "constraint-missing-not-valid",
    files: "both",
    checkFile,
  },
];

function checkFile({ statements, schema }: FileContext): readonly Problem[] {
  const added = new Set<string>();
  return statements.filter(({ mode }) => mode === "transactional")
    .flatMap((statement) =>
      alterationsOf(statement.tree).flatMap(({ table, subtype, name, def }) => {
        if (schema.isNew(table)) return [];
        const key = (constraint: string) =>
          JSON.stringify([table.schema ?? "public", table.name, constraint]);
        if (subtype === "AT_AddConstraint" && def["skip_validation"] === true) {
          added.add(key(text(def["conname"]) ?? ""));
        }
        const isBad = subtype === "AT_ValidateConstraint" &&
          added.has(key(name ?? ""));
        return isBad ? [problem(statement, shown(table))] : [];
      })
    );
}

function problem(statement: LintStatement, table: string): Problem {
  return {
    statement,
    message: `All of ${table} is read under the lock of ADD CONSTRAINT`,
  };
}
