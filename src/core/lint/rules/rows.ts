import { relationName, shown } from "../alterations.ts";
import type { Problem, Rule, StatementContext } from "../rule.ts";

/** Changes of many rows at once. */
export const ROW_RULES: readonly Rule[] = [
  {
    name: "update-without-where",
    severity: "warning",
    summary: "UPDATE of all rows in one statement.",
    why:
      "Every row stays locked until the transaction ends, the table grows to twice its size, and replicas fall behind.",
    instead:
      "update in batches, in a migration of its own with transaction=off",
    bad: "UPDATE users SET email = lower(email);",
    good: "UPDATE users SET email = '' WHERE email IS NULL;",
    files: "both",
    dependsOnSize: true,
    checkStatement: (context) => checkRows(context, "UpdateStmt", "updates"),
  },
  {
    name: "delete-without-where",
    severity: "warning",
    summary: "DELETE of all rows in one statement.",
    why:
      "Every row stays locked until the transaction ends, and all that is left is dead space.",
    instead: "delete in batches, or TRUNCATE where nobody needs the table",
    bad: "DELETE FROM sessions;",
    good: "DELETE FROM sessions WHERE ended < now() - interval '1 year';",
    files: "both",
    dependsOnSize: true,
    checkStatement: (context) => checkRows(context, "DeleteStmt", "deletes"),
  },
];

function checkRows(
  { statement: { tree: { kind, fields } }, schema }: StatementContext,
  wanted: string,
  verb: string,
): readonly Problem[] {
  if (kind !== wanted || fields["whereClause"] !== undefined) return [];
  const table = relationName(fields["relation"]);
  if (schema.isNew(table)) return [];
  return [{ message: `This ${verb} all rows of ${shown(table)} at once` }];
}
