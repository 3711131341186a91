import { PLAIN_FORMATS } from "../../core/output_format.ts";
import { findBlocking, type LockSession } from "../../core/lock_session.ts";
import { exitOf, type Report } from "../../core/report.ts";
import type { UnlockReport } from "../../core/unlock_report.ts";
import { type ExitName, UsageError } from "../../errors.ts";
import { renderEndQuestion } from "../../report/unlock_text.ts";
import { YES_FLAG } from "../confirm.ts";
import { YES_TO_FLAG } from "../protection.ts";
import { type Command, type Flags, flagText } from "./command.ts";

/** Shows who holds the lock, and ends that session. */
export const unlock: Command = {
  name: "unlock",
  summary: "Show who holds the lock, and end a session that is stuck",
  help:
    `Shows the session that holds the migration lock of the tracking table, the one that works for the same run, and what a dead run has left at work: pid, user, application, address, since when, state, what it waits for, the first line of its statement, and the migration that this belongs to. Nobody holding the lock is a success, too.

With --terminate it ends the session that holds the lock (pg_terminate_backend) and nothing else; when nobody holds it, those that dead runs have left; with --pid, that one of the sessions that are shown. It asks first, on a terminal; elsewhere --yes is needed. In an environment that lockstep.toml marks as protected it asks for its name, too, or takes it from --yes-to. The server ends it only if it still is the session that was shown and still holds the lock, so that a pid which went to another process is never hit. Then it waits up to 10 seconds for the lock to be free.

A run whose session is ended stops by itself: what it had not committed is rolled back, what it had committed is recorded, and the next run goes on there.

It never takes the lock, and never ends a session that has nothing to do with it.`,
  arguments: [],
  flags: [
    { name: "terminate", summary: "End the session that holds the lock" },
    {
      name: "pid",
      placeholder: "number",
      summary: "End this one of the sessions that are shown",
    },
    YES_FLAG,
    YES_TO_FLAG,
  ],
  examples: [
    { command: "lockstep unlock", summary: "See who holds the lock" },
    {
      command: "lockstep unlock --terminate",
      summary: "End that session, after a question",
    },
    {
      command: "lockstep unlock --terminate --pid 4711 --yes",
      summary: "End one session in a script",
    },
  ],
  formats: PLAIN_FORMATS,
  exits: ["locked", "connection"],
  secretVariables: "optional",
  async run(context) {
    const pid = readPid(context.flags);
    const manager = await context.manager();
    const report = await manager.unlock();
    if (!context.flags.has("terminate") || !report.success) return report;
    const chosen = chooseSessions(report.sessions, pid);
    if (chosen.length === 0) return report;
    const question = renderEndQuestion(chosen, report);
    try {
      if (!await context.confirm(question)) return declined(report);
      await context.requireProtectedConsent("end a session");
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      return { ...report, success: false, error };
    }
    return await manager.unlock({ terminate: chosen });
  },
  chooseExit,
};

function readPid(flags: Flags): number | undefined {
  const text = flagText(flags, "pid");
  if (text === undefined) return undefined;
  if (!flags.has("terminate")) {
    throw new UsageError(
      "invalid_argument",
      'Cannot use "--pid" as it belongs to "--terminate"',
      { hint: "without flags, all sessions are shown" },
    );
  }
  if (/^[1-9][0-9]{0,8}$/.test(text)) return Number(text);
  throw new UsageError(
    "invalid_argument",
    'Cannot use the value of "--pid" as it is no number of a process',
    { hint: 'take the pid from what "lockstep unlock" shows' },
  );
}

function chooseSessions(
  sessions: readonly LockSession[],
  pid: number | undefined,
): readonly LockSession[] {
  if (pid === undefined) return findBlocking(sessions);
  const chosen = sessions.filter(({ processId }) => processId === pid);
  if (chosen.length > 0) return chosen;
  throw new UsageError(
    "invalid_argument",
    `Cannot end pid ${pid} as it has nothing to do with the migration lock`,
    { hint: '"lockstep unlock" shows the sessions that have' },
  );
}

function declined(report: UnlockReport): UnlockReport {
  const message = "Nothing was ended, as the answer was no";
  return {
    ...report,
    warnings: [{ severity: "warning", code: DECLINED, message }],
  };
}

const DECLINED = "declined";

/** After a "no", the lock is held as before. */
function chooseExit(report: Report): ExitName {
  const isDeclined = report.warnings.some(({ code }) => code === DECLINED);
  return isDeclined ? "locked" : exitOf(report);
}
