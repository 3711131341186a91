import type { PgProgram } from "../../core/backup/pg_program.ts";
import { showName } from "../../core/display.ts";
import { throwIfStopped } from "../postgres/stop.ts";
import { backupError, type BackupErrorCode } from "./backup_error.ts";
import {
  ProgramError,
  type ProgramOptions,
  type ProgramResult,
  runProgram,
} from "./run_program.ts";

/** How a tool is run, and what it is to be called when it fails. */
export interface ToolRun extends ProgramOptions {
  readonly code: BackupErrorCode;
  /** Such as `Cannot make a backup`. */
  readonly action: string;
}

/**
 * What a client program of PostgreSQL prints.
 *
 * @throws {ExecutionError} If it does not come to a good end.
 * @throws {InterruptedError} If it was told to stop.
 */
export async function runTool(
  program: PgProgram,
  args: readonly string[],
  run: ToolRun,
): Promise<string> {
  const result = await tryRun(program, args, run);
  throwIfStopped(run.signal);
  if (result.exitCode === 0) return result.stdout;
  const said = messageLines(result.stderr).slice(0, MAX_LINES).map(showName)
    .join("; ");
  const end = result.exitCode === undefined
    ? "it was ended by a signal"
    : `it exited with ${result.exitCode}`;
  const hint = HINTS.find(({ sign }) => sign.test(result.stderr))?.hint ??
    (run.code === "bad_backup" ? BAD_BACKUP_HINT : undefined);
  throw backupError(
    run.code,
    `${run.action} as ${showName(program.path)} failed: ${said || end}`,
    { ...(hint !== undefined && { hint }) },
  );
}

const BAD_BACKUP_HINT = 'name a whole file that "lockstep backup", or a run, ' +
  'has made; "lockstep history" lists them';

async function tryRun(
  program: PgProgram,
  args: readonly string[],
  run: ToolRun,
): Promise<ProgramResult> {
  try {
    return await runProgram(program.path, args, run);
  } catch (cause) {
    if (!(cause instanceof ProgramError)) throw cause;
    throw backupError(
      run.code,
      `${run.action} as ${showName(program.path)} ${cause.message}`,
      { cause },
    );
  }
}

const MAX_LINES = 4;

/** Without the name of the program, and without the statements it tried. */
function messageLines(stderr: string): readonly string[] {
  return stderr.split("\n")
    .map((line) => line.replace(/^\S*pg_(?:dump|restore): (?:error: )?/, ""))
    .map((line) => line.trim())
    .filter((line) => line !== "" && !/^(?:Command was|query was):/i.test(line))
    .filter((line) => !/^(?:while |from TOC entry )/.test(line));
}

const HINTS: readonly { readonly sign: RegExp; readonly hint: string }[] = [
  {
    sign: /No space left on device|Disk quota exceeded|File too large/i,
    hint: "free some space, or name another folder with --backup-dir",
  },
  {
    sign: /permission denied|must be (?:owner|member)|row-level security/i,
    hint: "it needs the rights on everything in the database: do it as the " +
      "owner or as a superuser",
  },
  {
    sign: /other objects depend on it/i,
    hint: "something that was made since the backup stands in the way: drop " +
      "it, or restore into another database with --into",
  },
  {
    sign: /unsupported version .* in file header/i,
    hint:
      "it was made by a newer pg_dump: name with --pg-dump the one beside " +
      "a pg_restore that is as new",
  },
  {
    sign: /lock timeout|statement timeout|canceling statement/i,
    hint: "another session has locked a table; try again later",
  },
  {
    sign: /unrecognized configuration parameter/i,
    hint: "take the pg_restore of the server's version: name the pg_dump " +
      "beside it with --pg-dump",
  },
  {
    sign: /role "[^"]*" does not exist/i,
    hint: "create the role first",
  },
];
