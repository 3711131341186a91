import { firstTokens } from "./tokens.ts";

/**
 * Whether a statement sets something for the rest of its session and nothing
 * else, so that it can be run again: SET, RESET and a call of set_config().
 */
export function setsSession(sql: string): boolean {
  const [first, second] = firstTokens(sql, 2);
  if (first?.word === "reset") return true;
  if (first?.word === "set") return !OF_TRANSACTION.has(second?.word ?? "");
  return first?.word === "select" && SET_CONFIG.test(sql);
}

/**
 * Whether a block of code may change what new sessions start with: a name that
 * is not fixed can be given to ALTER DATABASE only by dynamic SQL.
 */
export function mayChangeSessionDefaults(sql: string): boolean {
  const [first] = firstTokens(sql, 1);
  return first?.word === "do" && ALTER_DEFAULTS.test(sql);
}

const OF_TRANSACTION = new Set(["local", "transaction", "constraints"]);
const SET_CONFIG =
  /^select\s+(?:pg_catalog\s*\.\s*)?set_config\s*\([^()]*,\s*false\s*\)\s*$/i;
const ALTER_DEFAULTS = /\balter\s+(?:database|role|user)\b[^]*\bset\b/i;
