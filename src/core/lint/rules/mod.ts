import type { Rule } from "../rule.ts";
import { TYPE_RULES } from "./column_types.ts";
import { COLUMN_RULES } from "./columns.ts";
import { CONSTRAINT_RULES } from "./constraints.ts";
import { FOREIGN_KEY_RULES } from "./foreign_keys.ts";
import { INDEX_RULES } from "./indexes.ts";
import { MAINTENANCE_RULES } from "./maintenance.ts";
import { REMOVAL_RULES } from "./removals.ts";
import { RENAME_RULES } from "./renames.ts";
import { REVIEW_RULES } from "./review.ts";
import { ROW_RULES } from "./rows.ts";
import { VALIDATION_RULES } from "./validation.ts";

/** Every rule, in the order of the reference. */
export const RULES: readonly Rule[] = [
  ...INDEX_RULES,
  ...CONSTRAINT_RULES,
  ...FOREIGN_KEY_RULES,
  ...VALIDATION_RULES,
  ...COLUMN_RULES,
  ...RENAME_RULES,
  ...REMOVAL_RULES,
  ...MAINTENANCE_RULES,
  ...ROW_RULES,
  ...TYPE_RULES,
  ...REVIEW_RULES,
];
