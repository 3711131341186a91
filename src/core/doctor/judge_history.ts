import type { Finding } from "../finding.ts";
import { describeHolder } from "../lock.ts";
import type { LockSession } from "../lock_session.ts";
import type { VersionState, VersionStatus } from "../report.ts";
import { listSome, ok, problem, type Verdict, warning } from "./verdict.ts";

/** What there is of the tracking tables. */
export interface TablesFacts {
  readonly table: string;
  readonly hasTable: boolean;
  /** Such as `log` or `view`. */
  readonly missing: readonly string[];
}

/** Whether the tracking tables are there; all is made when it is needed. */
export function judgeTables(facts: TablesFacts): Verdict {
  const { table, hasTable, missing } = facts;
  if (!hasTable) {
    return ok(`${table} is not there yet; init or the first migrate makes it`);
  }
  if (missing.length === 0) return ok(`${table} and all that belongs to it`);
  return ok(`${table} is there; the next migrate completes it`, {
    details: [`incomplete or missing: ${missing.join(", ")}`],
  });
}

/** A row of the log that does not fit. */
export interface LogBreak {
  readonly id: string;
  readonly version: string;
}

/** Whether each row of the log fits the hash of the one before. */
export function judgeLog(breaks: readonly LogBreak[]): Verdict {
  if (breaks.length === 0) return ok("the chain of hashes is whole");
  return problem("the log was changed after it was written", {
    details: listSome(
      breaks.map(({ id, version }) => `row ${id}, of version ${version}`),
    ),
    advice:
      "find out who changed or removed rows; the rows that are named do " +
      "not fit the row before, or their own hash",
  });
}

/** Whether the files can be used as they are. */
export function judgeFiles(
  count: number,
  findings: readonly Finding[],
): Verdict {
  const files = `${count} ${count === 1 ? "migration" : "migrations"}`;
  const details = listSome(findings.map(describeFinding), 10);
  if (findings.some(({ severity }) => severity === "error")) {
    return problem("the files cannot be used as they are", { details });
  }
  if (findings.length > 0) return warning(files, { details });
  return ok(`${files}, and nothing to say against them`);
}

function describeFinding({ message, hint, location }: Finding): string {
  const place = location === undefined
    ? ""
    : `${location.path}${
      location.line === undefined ? "" : `:${location.line}`
    }: `;
  return `${place}${message}${hint === undefined ? "" : `; ${hint}`}`;
}

/** Whether history and files agree, and whether anything stopped part-way. */
export function judgeHistory(
  versions: readonly VersionStatus[],
  order: "strict" | "any",
): Verdict {
  const found = versions.filter(({ state }) =>
    STATE_WORDS[state] !== undefined &&
    !(state === "out_of_order" && order === "any")
  );
  const applied = versions.filter(({ state }) => state === "applied").length;
  const pending =
    versions.filter(({ state }) =>
      state === "pending" || state === "out_of_order" || state === "rolled_back"
    ).length;
  const counts = `${applied} applied, ${pending} to apply`;
  if (found.length === 0) return ok(counts);
  return problem(`${counts}, ${found.length} to look at`, {
    details: listSome(
      found.map(({ version, name, state }) =>
        `${version}_${name} ${STATE_WORDS[state]}`
      ),
      10,
    ),
    advice:
      '"lockstep verify" says what to do with each; "lockstep migrate" tries ' +
      "again what failed, and goes on with what stopped part-way",
  });
}

const STATE_WORDS: Readonly<Partial<Record<VersionState, string>>> = {
  failed: "failed and left nothing behind",
  partly_applied: "stopped part-way",
  partly_rolled_back: "stopped part-way on its way back",
  changed: "changed after it was applied",
  missing: "is applied and its file is gone",
  out_of_order: "is pending and older than the newest applied one",
};

/** Whether a run would have to wait for another one. */
export function judgeLock(sessions: readonly LockSession[]): Verdict {
  if (sessions.length === 0) return ok("nobody holds it");
  const isHeld = sessions.some(({ role }) => role === "holder");
  return warning(
    isHeld ? "a session holds it" : "a dead run has left sessions at work",
    {
      details: sessions.map((session) =>
        `${ROLE_WORDS[session.role]}: ${describeHolder(session)}`
      ),
      advice: '"lockstep unlock" shows more, and ends what is stuck',
    },
  );
}

const ROLE_WORDS: Readonly<Record<LockSession["role"], string>> = {
  holder: "holder",
  worker: "its worker",
  left_over: "left by a dead run",
};
