import type { SplitReport } from "../core/report.ts";
import type { RunSettings } from "../core/run_settings.ts";
import { maskReplaced } from "../core/sql/shown_statement.ts";
import type { Statement } from "../core/sql/statement.ts";
import { secretValues } from "../core/sql/variables.ts";
import { LockstepError } from "../errors.ts";
import { type Script, ScriptCursor } from "./script.ts";
import { readAnyFile } from "./script_file.ts";
import { showingLine } from "./show_line.ts";

/** A script to be cut: a file, or something else that can be read twice. */
export interface SplitSource {
  readonly path: string;
  readonly open?: () => AsyncIterable<Uint8Array>;
}

/** Takes statements as they are found, and is waited for. */
export type StatementSink = (
  statements: readonly Statement[],
) => Promise<void>;

/**
 * Cuts a script into its statements, which go to the sink in batches. It is
 * read twice, so that one with an error gives none at all.
 */
export async function splitScript(
  settings: RunSettings,
  { path, open }: SplitSource,
  sink: StatementSink,
): Promise<SplitReport> {
  const script: Script = {
    path,
    maxStatementBytes: settings.maxStatementBytes,
    variables: settings.variables,
    open: open ?? (() => readAnyFile(path, settings.cwd)),
  };
  const report = { kind: "split", path, warnings: [] } as const;
  try {
    await showingLine(script, () => split(script, async () => {}));
    const statementCount = await split(script, sink);
    return { ...report, success: true, statementCount };
  } catch (error) {
    if (!(error instanceof LockstepError)) throw error;
    return { ...report, success: false, statementCount: 0, error };
  }
}

/** Enough to be worth a write, in characters. */
const BATCH_LENGTH = 65_536;

async function split(script: Script, sink: StatementSink): Promise<number> {
  const cursor = new ScriptCursor(script);
  const secrets = secretValues(script.variables);
  let total = 0;
  let batch: Statement[] = [];
  let length = 0;
  try {
    for (
      let item = await cursor.next();
      item !== undefined;
      item = await cursor.next()
    ) {
      if (item.kind !== "statement") continue;
      total++;
      batch.push(maskReplaced(item, secrets));
      length += item.text.length;
      if (length < BATCH_LENGTH) continue;
      await sink(batch);
      batch = [];
      length = 0;
    }
    await sink(batch);
    return total;
  } finally {
    await cursor.close();
  }
}
