import type { Classification } from "./classification.ts";
import { factsFromTree } from "./facts_from_tree.ts";
import { factsFromWords } from "./facts_from_words.ts";
import type { ParseStatement } from "./parse_tree.ts";
import { readsCopyData } from "./script_effects.ts";
import { firstTokenIndex, firstTokens } from "./tokens.ts";
import { readTransactionControl } from "./transaction_control.ts";

/**
 * What a statement means for its transaction. Without the grammar, or for
 * what the grammar does not know, its words decide.
 */
export function classify(
  text: string,
  parse?: ParseStatement,
): Classification {
  const control = readTransactionControl(text);
  if (control !== undefined) return { mode: "transactional", ...control };
  if (readsCopyData(text)) {
    return { mode: "transactional", readsCopyData: true };
  }
  if (!isUnsettled(text)) return { mode: "transactional" };
  const tree = parse?.(text);
  const { refusedAs, ...facts } = tree === undefined
    ? factsFromWords(text)
    : factsFromTree(tree, text);
  if (refusedAs === undefined) return { mode: "transactional", ...facts };
  const reason = `${refusedAs} cannot run inside a transaction block`;
  return { mode: "non_transactional", reason, ...facts };
}

/** Whether the grammar is worth loading for a statement. */
export function needsGrammar(text: string): boolean {
  return text.length <= MAX_PARSED_LENGTH && isUnsettled(text);
}

const MAX_PARSED_LENGTH = 1_000_000;
/** Only statements that start with one of these can be anything special. */
const UNSETTLED_START =
  /^(?:alter|call|cluster|commit|create|discard|drop|reindex|rollback|select|vacuum|with)\b/i;

/** By their first two words, what must be in the rest of the statement. */
const UNSETTLED: Readonly<Record<string, RegExp>> = {
  "alter database": /\b(?:re)?set\b/i,
  "alter role": /\b(?:re)?set\b/i,
  "alter subscription": /\b(?:publication|set)\b/i,
  "alter system": /^/,
  "alter table": /\bconcurrently\b/i,
  "alter type": /\badd\b/i,
  "alter user": /\b(?:re)?set\b/i,
  "commit prepared": /^/,
  "create database": /^/,
  "create index": /\bconcurrently\b|transaction_per_chunk/i,
  "create materialized": /\bcontinuous\b/i,
  "create subscription": /^/,
  "create tablespace": /^/,
  "create type": /\benum\b/i,
  "create unique": /\bconcurrently\b|transaction_per_chunk/i,
  "discard all": /^/,
  "drop database": /^/,
  "drop index": /\bconcurrently\b/i,
  "drop subscription": /^/,
  "drop tablespace": /^/,
  "rollback prepared": /^/,
};
/** The same for commands that the first word settles. */
const UNSETTLED_COMMANDS: Readonly<Record<string, RegExp>> = {
  "call": /\b(?:cagg_migrate|refresh_continuous_aggregate|run_job)\b/i,
  "cluster": /^/,
  "reindex": /^/,
  "select": /\bpg_(?:create|copy)_logical_replication_slot\b/i,
  "vacuum": /^/,
  "with": /\bpg_(?:create|copy)_logical_replication_slot\b/i,
};

function isUnsettled(text: string): boolean {
  const start = firstTokenIndex(text);
  if (!UNSETTLED_START.test(text.slice(start, start + 20))) return false;
  const [first, second] = firstTokens(text, 2).map((token) => token.word ?? "");
  const rest = UNSETTLED_COMMANDS[first ?? ""] ??
    UNSETTLED[`${first} ${second}`];
  return rest?.test(text) ?? false;
}
