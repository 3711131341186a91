import { sharedEffectOf } from "../../core/rehearsal/shared_statement.ts";
import type { MigrationFile } from "../../core/migration.ts";
import type { Step } from "../../core/plan/plan.ts";
import { FileError } from "../../errors.ts";
import type { Target } from "../postgres/target.ts";
import { type Script, ScriptCursor } from "../script.ts";
import { readFileChunks } from "../script_file.ts";
import { showingLine } from "../show_line.ts";

/**
 * Refuses scripts that would reach beyond the throwaway database: on the
 * server of the live one that is no rehearsal.
 *
 * @throws {FileError} With the place of the first such statement.
 */
export async function requireContained(
  target: Target,
  steps: readonly Step[],
): Promise<void> {
  for (const { origin, down } of steps) {
    const files = [...(origin.kind === "file" ? [origin.file] : []), down];
    for (const file of files) {
      if (file !== undefined) await requireOwn(scriptOf(file, target));
    }
  }
}

function scriptOf({ path }: MigrationFile, { settings }: Target): Script {
  const { migrationsDir: dir, cwd, maxStatementBytes, variables } = settings;
  const open = () => readFileChunks(path, { dir, cwd });
  return { path, maxStatementBytes, variables, open };
}

async function requireOwn(script: Script): Promise<void> {
  const cursor = new ScriptCursor(script);
  try {
    await showingLine(script, () => requireOwnStatements(script, cursor));
  } finally {
    await cursor.close();
  }
}

async function requireOwnStatements(
  { path }: Script,
  cursor: ScriptCursor,
): Promise<void> {
  for (
    let item = await cursor.next();
    item !== undefined;
    item = await cursor.next()
  ) {
    if (item.kind !== "statement") continue;
    const effect = sharedEffectOf(item.text);
    if (effect === undefined) continue;
    const { line, column } = item;
    throw new FileError(
      "shared_object",
      `Cannot try "${path}" on the server of the live database as ` +
        `${effect} reaches beyond the database that it runs in`,
      {
        hint: "name another server with --on, where nothing of value is",
        location: { path, line, column },
      },
    );
  }
}
