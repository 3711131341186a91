import {
  type CheckResult,
  type DoctorReport,
  refused,
  skipped,
  type Verdict,
} from "../../core/doctor/verdict.ts";
import {
  ConfigError,
  ConnectionError,
  HistoryError,
  LockstepError,
} from "../../errors.ts";
import { maskSecrets } from "../../core/config/mask.ts";
import { loadMigrations } from "../migration_files.ts";
import { type Connection, describeTarget } from "../postgres/connection.ts";
import { readHistory, readTables } from "../postgres/history_store.ts";
import { PostgresError, requireKnown } from "../postgres/postgres_error.ts";
import { throwIfStopped } from "../postgres/stop.ts";
import type { Target } from "../postgres/target.ts";
import { orAbort } from "../postgres/time_limit.ts";
import { CHECKS } from "./checks.ts";
import type {
  DoctorCheck,
  LocalExamination,
  ServerExamination,
} from "./examination.ts";
import { files, tables } from "./history_checks.ts";
import { askRows, type OpenSession, openSession } from "./open_session.ts";

/** Runs every check; without a server, those that need none. */
export async function examine(
  target: Target,
  direct: Target | undefined,
): Promise<DoctorReport> {
  const local = { target, direct, files: once(() => readFiles(target)) };
  try {
    await using opened = await openSession(target);
    return await examineServer(local, opened);
  } catch (failure) {
    return await examineAlone(local, requireKnown(failure));
  }
}

type Local = Omit<LocalExamination, "serverMajor">;

async function examineServer(
  local: Local,
  { connection, session }: OpenSession,
): Promise<DoctorReport> {
  const examination: ServerExamination = {
    ...local,
    serverMajor: Math.trunc(connection.serverVersion / 10_000),
    connection,
    session,
    tables: once(() => readTables(connection, local.target.names)),
    history: once(() => readHistory(connection, local.target.names)),
    ask: (sql) => askRows(connection, sql),
  };
  const stopWatching = cancelWhatHangs(connection);
  try {
    const checks = await untilStopped(
      Promise.all(
        CHECKS.map((check) => makeCheck(check.name, check.run(examination))),
      ),
      local.target.signal,
    );
    return toReport(checks, { target: describeTarget(connection.target) });
  } finally {
    stopWatching();
  }
}

async function examineAlone(
  local: Local,
  error: LockstepError,
): Promise<DoctorReport> {
  const examination = { ...local, serverMajor: undefined };
  const checks = await Promise.all(
    CHECKS.map((check) =>
      makeCheck(check.name, verdictAlone(check, examination, error))
    ),
  );
  return toReport(checks, { error });
}

async function verdictAlone(
  check: DoctorCheck,
  examination: LocalExamination,
  error: LockstepError,
): Promise<Verdict> {
  if (check.needs === "nothing") return await check.run(examination);
  if (check.name === "connection") {
    return { ...refused("problem", error), ...serverSaid(error) };
  }
  return skipped("there is no connection");
}

function serverSaid({ server }: LockstepError): Pick<Verdict, "details"> {
  if (server === undefined) return {};
  const { severity, message, sqlstate } = server;
  return { details: [maskSecrets(`${severity}: ${message} (${sqlstate})`)] };
}

async function makeCheck(
  check: string,
  verdict: Promise<Verdict>,
): Promise<CheckResult> {
  try {
    return { check, ...await verdict };
  } catch (error) {
    return { check, ...verdictOn(check, error) };
  }
}

const CANCELED = "57014";

/**
 * The tool's own errors are what `migrate` would meet, too. Each is told once,
 * by the check that it belongs to.
 */
function verdictOn(check: string, error: unknown): Verdict {
  if (error instanceof ConnectionError) throw error;
  if (error instanceof HistoryError && check !== tables.name) {
    return skipped("the tracking table cannot be read");
  }
  if (error instanceof ConfigError && check !== files.name) {
    return skipped("the files cannot be read");
  }
  if (error instanceof LockstepError) return refused("problem", error);
  if (!(error instanceof PostgresError)) throw error;
  return error.fields.sqlstate === CANCELED
    ? skipped(`it did not end in ${HANG_LIMIT_MS / 1000} s`, {
      advice: "something may hold a lock on what it reads",
    })
    : refused("skipped", {
      message: `the server refused: ${error.fields.message}`,
    });
}

async function untilStopped<Result>(
  work: Promise<Result>,
  signal: AbortSignal | undefined,
): Promise<Result> {
  if (signal === undefined) return await work;
  try {
    return await orAbort(work, signal);
  } catch (error) {
    throwIfStopped(signal);
    throw error;
  }
}

const HANG_LIMIT_MS = 10_000;

/** A check that waits for a lock must not keep the report waiting for ever. */
function cancelWhatHangs(connection: Connection): () => void {
  const timer = setInterval(() => {
    connection.cancel().catch(() => {});
  }, HANG_LIMIT_MS);
  return () => clearInterval(timer);
}

async function readFiles({ settings }: Target) {
  const { migrationsDir, ignore, cwd } = settings;
  return await loadMigrations(migrationsDir, { ignore, cwd });
}

function once<Value>(read: () => Promise<Value>): () => Promise<Value> {
  let value: Promise<Value> | undefined;
  return () => value ??= read();
}

function toReport(
  checks: readonly CheckResult[],
  more: Pick<DoctorReport, "target" | "error">,
): DoctorReport {
  const hasProblem = checks.some(({ state }) => state === "problem");
  return {
    kind: "doctor",
    success: !hasProblem && more.error === undefined,
    ...more,
    checks,
    warnings: [],
  };
}
