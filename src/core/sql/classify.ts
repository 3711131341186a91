import type { Classification } from "./classification.ts";
import { factsFromTree } from "./facts_from_tree.ts";
import { factsFromWords } from "./facts_from_words.ts";
import { labelOf } from "./label.ts";
import type { ParseStatement } from "./parse_tree.ts";
import { readsCopyData } from "./script_effects.ts";
import { firstTokenIndex } from "./tokens.ts";
import { readTransactionControl } from "./transaction_control.ts";

/**
 * What a statement means for its transaction. Without the grammar, or for
 * what the grammar does not know, its words decide.
 */
export function classify(
  text: string,
  parse?: ParseStatement,
): Classification {
  const label = labelOf(text);
  const control = readTransactionControl(text);
  if (control !== undefined) {
    return { mode: "transactional", label, ...control };
  }
  if (readsCopyData(text)) {
    return { mode: "transactional", label, readsCopyData: true };
  }
  if (!isUnsettled(text)) return { mode: "transactional", label };
  const tree = parse?.(text);
  const { refusedAs, ...facts } = tree === undefined
    ? factsFromWords(text)
    : factsFromTree(tree, text);
  if (refusedAs === undefined) {
    return { mode: "transactional", label, ...facts };
  }
  const reason = `${refusedAs} cannot run inside a transaction block`;
  return { mode: "non_transactional", reason, label, ...facts };
}

/** Whether the grammar is worth loading for a statement. */
export function needsGrammar(text: string): boolean {
  return text.length <= MAX_PARSED_LENGTH && isUnsettled(text);
}

const MAX_PARSED_LENGTH = 1_000_000;
/** Only statements that start with one of these can be anything special. */
const UNSETTLED_START =
  /^(?:alter|call|cluster|commit|create|discard|drop|reindex|rollback|select|vacuum|with)\b/i;
/** … and only if one of these is in them. */
const UNSETTLED_WORD =
  /\b(?:add|all|cagg_migrate|cluster|concurrently|continuous|database|enum|prepared|refresh_continuous_aggregate|reindex|role|run_job|subscription|system|tablespace|transaction_per_chunk|user|vacuum|pg_(?:create|copy)_logical_replication_slot)\b/i;

function isUnsettled(text: string): boolean {
  const start = firstTokenIndex(text);
  return UNSETTLED_START.test(text.slice(start, start + 20)) &&
    UNSETTLED_WORD.test(text);
}
