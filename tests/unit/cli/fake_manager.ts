import type { Manager } from "../../../src/cli/commands/command.ts";
import type { OpenManager } from "../../../src/cli/run.ts";
import type {
  ManagerHooks,
  ManagerSettings,
} from "../../../src/migration_manager.ts";
import {
  EMPTY_RUN,
  HEALTHY,
  HISTORY,
  ROLLBACK_RUN,
  STATUS,
  UNLOCKED,
} from "../report/sample_reports.ts";
import { BACKUP, RESTORED } from "../report/sample_backups.ts";
import { ADOPTED, BASELINED } from "../report/sample_adopts.ts";
import { CLEAN_LINT } from "../report/sample_lints.ts";
import { DUMPED, NO_DRIFT } from "../report/sample_schemas.ts";
import { MADE_TEST_DATABASE } from "../report/sample_test_databases.ts";
import { REHEARSED } from "../report/sample_rehearsals.ts";
import { CLEAN_VERIFY, EMPTY_REPAIR } from "../report/sample_repairs.ts";

/** What the command line asked of a manager. */
export interface Asked {
  settings?: ManagerSettings;
  hooks?: ManagerHooks;
  readonly calls: (readonly [method: string, argument: unknown])[];
}

/** A manager that answers with samples, but where a test says otherwise. */
export function fakeManager(
  answers: Partial<Manager> = {},
): { readonly asked: Asked; readonly open: OpenManager } {
  const asked: Asked = { calls: [] };
  const manager: Manager = {
    migrate: answer(asked, "migrate", EMPTY_RUN),
    rollback: answer(asked, "rollback", ROLLBACK_RUN),
    getStatus: answer(asked, "getStatus", STATUS),
    readLog: answer(asked, "readLog", HISTORY),
    verify: answer(asked, "verify", CLEAN_VERIFY),
    repair: answer(asked, "repair", EMPTY_REPAIR),
    createBackup: answer(asked, "createBackup", BACKUP),
    restore(path, options) {
      asked.calls.push(["restore", [path, options]]);
      return Promise.resolve(RESTORED);
    },
    adopt: answer(asked, "adopt", ADOPTED),
    baseline: answer(asked, "baseline", BASELINED),
    create(name) {
      asked.calls.push(["create", name]);
      return Promise.resolve({ kind: "create", success: true, warnings: [] });
    },
    init(options) {
      asked.calls.push(["init", options]);
      return Promise.resolve({
        kind: "init",
        success: true,
        table: "schema_migrations",
        warnings: [],
      });
    },
    splitScript(source) {
      asked.calls.push(["splitScript", source]);
      return Promise.resolve({
        kind: "split",
        success: true,
        path: source.path,
        statementCount: 0,
        warnings: [],
      });
    },
    lint: answer(asked, "lint", CLEAN_LINT),
    dumpSchema: answer(asked, "dumpSchema", DUMPED),
    findDrift: answer(asked, "findDrift", NO_DRIFT),
    rehearse: answer(asked, "rehearse", REHEARSED),
    testDatabase: answer(asked, "testDatabase", MADE_TEST_DATABASE),
    unlock: answer(asked, "unlock", UNLOCKED),
    examine: answer(asked, "examine", HEALTHY),
    ...answers,
  };
  return {
    asked,
    open(settings, hooks) {
      asked.settings = settings;
      asked.hooks = hooks;
      return Promise.resolve(manager);
    },
  };
}

/** A method that answers with a sample. */
function answer<Sample>(
  asked: Asked,
  method: string,
  sample: Sample,
): (argument?: unknown) => Promise<Sample> {
  return (argument) => {
    asked.calls.push([method, argument]);
    return Promise.resolve(sample);
  };
}
