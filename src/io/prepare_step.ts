import type { BackupMode } from "../core/backup/weigh_losses.ts";
import { FileError, HistoryError } from "../errors.ts";
import type { Migration } from "../core/migration.ts";
import { scriptChecksum, scriptPath, type Step } from "../core/plan/plan.ts";
import { createEncodingCheck } from "../core/plan/encoding_check.ts";
import { createSegmentPlanner } from "../core/plan/segments.ts";
import {
  leavesTransaction,
  type SessionSetting,
  sessionSettingOf,
} from "../core/plan/session_leak.ts";
import { checksumOf } from "../core/checksum.ts";
import { classify, needsGrammar } from "../core/sql/classify.ts";
import { statementFingerprint } from "../core/sql/fingerprint.ts";
import { createCommandCheck } from "../core/sql/psql_command.ts";
import { mayChangeSessionDefaults } from "../core/sql/session_effects.ts";
import type { Statement } from "../core/sql/statement.ts";
import { unknownVariable } from "../core/sql/unknown_variable.ts";
import type { Variables } from "../core/sql/variables.ts";
import { writtenText } from "../core/sql/written_text.ts";
import { settlingCommands } from "../core/repair/settling_commands.ts";
import { createLossJudge } from "./backup/loss_judge.ts";
import { loadGrammar } from "./grammar.ts";
import type { KeptScript } from "./postgres/record_sql.ts";
import type { PreparedStep } from "./postgres/step_context.ts";
import { type Script, ScriptCursor } from "./script.ts";
import { readFileChunks, type ScriptFolder } from "./script_file.ts";
import { MAX_KEPT_BYTES } from "./step_findings.ts";
import { readSeals } from "./script_seals.ts";
import { showingLine } from "./show_line.ts";

/** Where scripts come from. */
export interface ScriptSources {
  readonly folder: ScriptFolder;
  readonly maxStatementBytes: number;
  readonly variables?: Variables | undefined;
  /** Only with `auto`, what they may destroy is looked for. */
  readonly backup: BackupMode;
  /** The database that the scripts will run in. */
  readonly database: string;
  /** Such as 180004 for 18.4. */
  readonly serverVersion: number;
  /** The down script that the database keeps for a version. */
  readonly readKept: (version: string) => Promise<Uint8Array | undefined>;
}

/**
 * Looks through the script of a step from end to end, so that what is wrong
 * with it is found before anything runs.
 *
 * @throws {FileError} With file, line and column of what is wrong.
 * @throws {HistoryError} If the part that an earlier attempt has committed is
 * no longer what the file says.
 */
export async function prepareStep(
  step: Step,
  sources: ScriptSources,
): Promise<PreparedStep> {
  const script = await openStepScript(step, sources);
  const look = await showingLine(
    script,
    () => lookThrough(script, step, sources),
  );
  const seals = await readSeals(script, look.plan);
  const readKept = () => readScriptToKeep(step, sources);
  return { step, script, ...look, seals, readKept };
}

async function openStepScript(
  step: Step,
  { folder, maxStatementBytes, variables, readKept }: ScriptSources,
): Promise<Script> {
  const path = scriptPath(step);
  const script = { path, maxStatementBytes, variables };
  if (step.origin.kind === "file") {
    return { ...script, open: () => readFileChunks(path, folder) };
  }
  const bytes = await readKept(step.version);
  if (bytes === undefined) {
    throw new HistoryError(
      "missing_rollback",
      `Cannot roll back "${step.version}_${step.name}" as its kept down ` +
        `script is gone`,
      { hint: `write "${path}"` },
    );
  }
  if (checksumOf(bytes) !== step.origin.checksum) {
    throw new HistoryError(
      "checksum_mismatch",
      `Cannot roll back "${step.version}_${step.name}" as its kept down ` +
        `script changed in the database`,
      { hint: `write "${path}"` },
    );
  }
  return { ...script, open: () => oneChunk(bytes) };
}

async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

type Look = Pick<
  PreparedStep,
  "plan" | "changesSessionDefaults" | "leakingSetting" | "losses"
>;

async function lookThrough(
  script: Script,
  step: Step,
  { backup, database, serverVersion }: ScriptSources,
): Promise<Look> {
  const planner = createSegmentPlanner({
    path: script.path,
    transaction: step.directives.transaction ?? "auto",
    currentDatabase: database,
    serverVersion,
    resumedAt: step.resume?.statementsDone,
  });
  const commands = createCommandCheck(script.path);
  const cursor = new ScriptCursor(script);
  const resume = createResumeCheck(step);
  const encoding = createEncodingCheck(script.path);
  const losses = createLossJudge(step, backup);
  let changesSessionDefaults = false;
  let setting: SessionSetting | undefined;
  try {
    for (
      let item = await cursor.next();
      item !== undefined;
      item = await cursor.next()
    ) {
      encoding.see(item);
      if (item.kind === "psql_command") commands.take(item);
      if (item.kind !== "statement") continue;
      await requireKnownVariables(script, item);
      resume.see(item);
      const grammar = needsGrammar(item.text) ? await loadGrammar() : undefined;
      const classification = classify(item.text, grammar?.parse);
      changesSessionDefaults ||=
        classification.changesSessionDefaults === true ||
        mayChangeSessionDefaults(item.text);
      setting ??= sessionSettingOf(item);
      planner.push(item, classification);
      await losses.see(item);
    }
    requireSame(script.path, {
      found: await cursor.checksum(),
      planned: scriptChecksum(step),
    });
    resume.end();
    const plan = planner.end();
    const findings = [...commands.end(), ...plan.findings];
    const leaks = setting !== undefined && leavesTransaction(plan, setting);
    return {
      plan: { ...plan, findings },
      changesSessionDefaults,
      ...(leaks && { leakingSetting: setting }),
      losses: losses.end(),
    };
  } finally {
    await cursor.close();
  }
}

/**
 * psql sends a variable without a value as it is. Here it is an error, but
 * where no variable is in use it may be correct SQL, such as `a[1:"n"]`.
 */
async function requireKnownVariables(
  { path, variables = new Map() }: Script,
  { text, unset }: Statement,
): Promise<void> {
  if (unset === undefined) return;
  if (variables.size === 0) {
    const grammar = await loadGrammar();
    if (grammar.parse(text) !== undefined) return;
  }
  throw unknownVariable(unset, { path, known: [...variables.keys()] });
}

interface ResumeCheck {
  see(statement: Statement): void;
  end(): void;
}

/** Compares what an earlier attempt has committed with what stands there now. */
function createResumeCheck(step: Step): ResumeCheck {
  const { resume } = step;
  if (resume === undefined) return { see: () => {}, end: () => {} };
  let fingerprint = "";
  let seen = 0;
  return {
    see(statement) {
      seen++;
      if (statement.index >= resume.statementsDone) return;
      const text = writtenText(statement);
      fingerprint = statementFingerprint(fingerprint, text);
    },
    end() {
      const isSame = seen >= resume.statementsDone &&
        fingerprint === resume.fingerprint;
      if (isSame) return;
      throw new HistoryError(
        "resume_changed",
        `Cannot go on with "${step.version}_${step.name}" as the part that is ` +
          `committed, up to its statement ${resume.statementsDone}, changed ` +
          `in the file`,
        {
          hint: "put those statements back as they were; statements after " +
            `them may be edited. Or settle it with ${
              settlingCommands(step.version)
            }`,
          location: { path: scriptPath(step) },
        },
      );
    },
  };
}

/** The down script of a migration to keep with its row, if there is one. */
export async function readScriptToKeep(
  { down }: Pick<Migration, "down">,
  { folder }: Pick<ScriptSources, "folder">,
): Promise<KeptScript | undefined> {
  if (down === undefined || down.sizeBytes > MAX_KEPT_BYTES) return undefined;
  const chunks: Uint8Array[] = [];
  for await (const chunk of readFileChunks(down.path, folder)) {
    chunks.push(chunk.slice());
  }
  const bytes = Buffer.concat(chunks);
  requireSame(down.path, { found: checksumOf(bytes), planned: down.checksum });
  const { path, checksum, header: { directives } } = down;
  return { path, checksum, bytes, directives };
}

function requireSame(
  path: string,
  { found, planned }: { readonly found: string; readonly planned: string },
): void {
  if (found === planned) return;
  throw new FileError(
    "file_changed",
    `Cannot use "${path}" as it changed while it was read`,
    { hint: "run the command again", location: { path } },
  );
}
