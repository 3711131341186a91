import type { Classification } from "../../core/sql/classification.ts";
import { classify, needsGrammar } from "../../core/sql/classify.ts";
import type { Statement } from "../../core/sql/statement.ts";
import { loadGrammar } from "../grammar.ts";

/** What a statement means for its transaction. */
export async function classifyStatement(
  { text }: Statement,
): Promise<Classification> {
  const grammar = needsGrammar(text) ? await loadGrammar() : undefined;
  return classify(text, grammar?.parse);
}
