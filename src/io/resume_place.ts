import type { Progress } from "../core/history.ts";
import type { MigrationFile } from "../core/migration.ts";
import type { RunSettings } from "../core/run_settings.ts";
import { statementFingerprint } from "../core/sql/fingerprint.ts";
import { writtenText } from "../core/sql/written_text.ts";
import { FileError } from "../errors.ts";
import { ScriptCursor } from "./script.ts";
import { readFileChunks } from "./script_file.ts";

/**
 * Whether the statements that an attempt has committed still stand in the
 * file, so that the next run can go on after them.
 */
export async function isResumable(
  { path }: MigrationFile,
  { statementsDone, fingerprint }: Progress,
  settings: RunSettings,
): Promise<boolean> {
  const { migrationsDir: dir, cwd, maxStatementBytes, variables } = settings;
  const cursor = new ScriptCursor({
    path,
    maxStatementBytes,
    variables,
    open: () => readFileChunks(path, { dir, cwd }),
  });
  let reached = "";
  let seen = 0;
  try {
    while (seen < statementsDone) {
      const item = await cursor.next();
      if (item === undefined) return false;
      if (item.kind !== "statement") continue;
      seen++;
      reached = statementFingerprint(reached, writtenText(item));
    }
    return reached === fingerprint;
  } catch (error) {
    if (error instanceof FileError) return false;
    throw error;
  } finally {
    await cursor.close();
  }
}
