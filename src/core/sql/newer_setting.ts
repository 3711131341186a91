import { firstTokens } from "./tokens.ts";

/** A parameter that came with a major version of PostgreSQL. */
export interface NewerSetting {
  readonly name: string;
  readonly since: number;
}

/**
 * The parameter that a statement sets, that the server does not know yet, and
 * that only matters to how long or with how much memory a script runs. Dumps
 * of newer versions start with such statements.
 */
export function findNewerSetting(
  text: string,
  serverVersion: number,
): NewerSetting | undefined {
  if (serverVersion === 0 || !SET.test(text)) return undefined;
  const [set, ...tokens] = firstTokens(text, 4);
  if (set?.word !== "set") return undefined;
  if (SCOPES.has(tokens[0]?.word ?? "")) tokens.shift();
  const [{ name = "" } = {}, sign] = tokens;
  if (sign?.text !== "=" && sign?.word !== "to") return undefined;
  const since = FIRST_MAJORS[name];
  if (since === undefined || serverVersion >= since * 10_000) return undefined;
  return { name, since };
}

const SET = /^(?:set\s|[/-])/i;
const SCOPES: ReadonlySet<string> = new Set(["session", "local"]);

/** From the release notes; the oldest supported server is of version 14. */
const FIRST_MAJORS: Readonly<Record<string, number>> = {
  enable_distinct_reordering: 18,
  enable_group_by_reordering: 17,
  enable_presorted_aggregate: 16,
  enable_self_join_elimination: 18,
  file_copy_method: 18,
  io_combine_limit: 17,
  recursive_worktable_factor: 15,
  transaction_timeout: 17,
  vacuum_buffer_usage_limit: 16,
};
