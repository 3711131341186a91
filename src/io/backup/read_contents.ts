import {
  type ArchiveContents,
  parseArchiveList,
} from "../../core/backup/archive.ts";
import type { PgProgram } from "../../core/backup/pg_program.ts";
import { backupError } from "./backup_error.ts";
import { runTool, type ToolRun } from "./run_tool.ts";

/**
 * What an archive holds, as pg_restore reads it.
 *
 * @throws {ExecutionError} If it cannot.
 */
export async function readContents(
  pgRestore: PgProgram,
  path: string,
  run: ToolRun,
): Promise<ArchiveContents> {
  const text = await runTool(pgRestore, ["--list", path], run);
  const contents = parseArchiveList(text);
  if (contents !== undefined) return contents;
  throw backupError(run.code, `${run.action} as pg_restore lists nothing`);
}
