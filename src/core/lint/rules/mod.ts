import type { Rule } from "../rule.ts";
import { TYPE_RULES } from "./column_types.ts";
import { COLUMN_RULES } from "./columns.ts";
import { CONSTRAINT_RULES } from "./constraints.ts";
import { FOREIGN_KEY_RULES } from "./foreign_keys.ts";
import { INDEX_RULES } from "./indexes.ts";

/** Every rule, in the order of the reference. */
export const RULES: readonly Rule[] = [
  ...INDEX_RULES,
  ...CONSTRAINT_RULES,
  ...FOREIGN_KEY_RULES,
  ...COLUMN_RULES,
  ...TYPE_RULES,
];
