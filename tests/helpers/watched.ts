import type { RunEvent } from "../../src/core/outcome.ts";
import type { PlanReport, RunReport } from "../../src/core/report.ts";
import { managerSettings, readSettings } from "../../src/cli/read_settings.ts";
import {
  DatabaseManager,
  MigrationManager,
} from "../../src/migration_manager.ts";
import { fakeHost } from "../unit/cli/fake_host.ts";
import type { FaultBench } from "./faults.ts";

/** A `migrate` inside the test's own process, and what it has told so far. */
export interface WatchedRun {
  readonly events: readonly RunEvent[];
  /** Waits for an event; fails when the run ends without it. */
  waitFor<Type extends RunEvent["type"]>(
    type: Type,
    isWanted?: (event: RunEvent & { readonly type: Type }) => boolean,
  ): Promise<RunEvent & { readonly type: Type }>;
  readonly report: Promise<RunReport | PlanReport>;
}

/** Starts to migrate; the caller awaits the report. */
export function watchMigrate(
  { db, dir }: FaultBench,
  url = db.url,
): WatchedRun {
  const events: RunEvent[] = [];
  let wake = () => {};
  const env = { DATABASE_URL: url, LOCKSTEP_BACKUP: "never" };
  const host = fakeHost({ env });
  const read = readSettings(host, { sources: { flags: {}, env } });
  const settings = managerSettings(
    host,
    { cwd: dir, environment: undefined },
    read,
  );
  const database = new DatabaseManager({ ...settings, idleTimeoutMs: 0 });
  const manager = new MigrationManager(database, {
    ...settings,
    onEvent(event) {
      events.push(event);
      wake();
    },
  });
  let isOver = false;
  const report = manager.migrate().finally(() => {
    isOver = true;
    wake();
  });
  return {
    events,
    report,
    async waitFor(type, isWanted = () => true) {
      for (let at = 0;; at++) {
        while (at >= events.length) {
          if (isOver) throw new Error(`The run ended without "${type}"`);
          await new Promise<void>((resolve) => wake = resolve);
        }
        const event = events[at];
        if (isOf(event, type) && isWanted(event)) return event;
      }
    },
  };
}

function isOf<Type extends RunEvent["type"]>(
  event: RunEvent | undefined,
  type: Type,
): event is RunEvent & { readonly type: Type } {
  return event?.type === type;
}
