import {
  judgeFiles,
  judgeHistory,
  judgeLock,
  judgeLog,
  judgeTables,
} from "../../core/doctor/judge_history.ts";
import { ok, skipped } from "../../core/doctor/verdict.ts";
import { withoutAppliedDependencies } from "../../core/dependencies.ts";
import { compareStatus } from "../../core/status.ts";
import { readLogBreaks } from "../postgres/history_store.ts";
import { readLockSessions } from "../postgres/lock_sessions.ts";
import type { DoctorCheck, ServerExamination } from "./examination.ts";

/** The settings that say where everything is. */
export const configuration: DoctorCheck = {
  name: "configuration",
  needs: "nothing",
  // deno-lint-ignore require-await -- the interface is asynchronous
  async run({ target: { settings } }) {
    const { table, migrationsDir } = settings;
    return ok(`table ${table}, migrations in ${migrationsDir}`);
  },
};

/** The files, by themselves. */
export const files: DoctorCheck = {
  name: "files",
  needs: "nothing",
  async run({ files }) {
    const { migrations, findings } = await files();
    // What only the history can explain is the business of another check.
    const certain = findings.filter(({ dependency }) =>
      dependency === undefined
    );
    return judgeFiles(migrations.length, certain);
  },
};

/** The tracking tables. */
export const tables: DoctorCheck = {
  name: "tracking table",
  needs: "server",
  async run({ target, ...examination }) {
    const { hasTable, missing } = await examination.tables();
    return judgeTables({
      table: target.settings.table,
      hasTable,
      missing: missing.map(({ name }) => name),
    });
  },
};

/** The log's chain of hashes. */
export const log: DoctorCheck = {
  name: "log",
  needs: "server",
  async run({ connection, target, ...examination }) {
    const { missing } = await examination.tables();
    if (missing.some(({ name }) => name === "log")) {
      return skipped("it is not there yet");
    }
    const breaks = await readLogBreaks(connection, target.names);
    return judgeLog(
      breaks.map(({ id = "", version = "" }) => ({ id, version })),
    );
  },
};

/** Files and history, together. */
export const history: DoctorCheck = {
  name: "history",
  needs: "server",
  async run({ files, history, target }: ServerExamination) {
    const [{ migrations, findings }, past] = await Promise.all([
      files(),
      history(),
    ]);
    const unexplained = withoutAppliedDependencies(findings, past.entries)
      .filter(({ dependency }) => dependency !== undefined);
    if (unexplained.length > 0) {
      return judgeFiles(migrations.length, unexplained);
    }
    const versions = compareStatus(migrations, past);
    return judgeHistory(versions, target.settings.order);
  },
};

/** Who has to do with the lock. */
export const lock: DoctorCheck = {
  name: "lock",
  needs: "server",
  async run({ connection, target }) {
    return judgeLock(await readLockSessions(connection, target.lock));
  },
};
