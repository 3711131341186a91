import type { Step } from "../core/plan/plan.ts";
import type { Connection } from "./postgres/connection.ts";
import { readKeptScript } from "./postgres/history_store.ts";
import type { PreparedStep } from "./postgres/step_context.ts";
import type { Target } from "./postgres/target.ts";

/** What scripts are looked through with. */
export interface Preparation {
  readonly target: Target;
  readonly connection: Connection;
  /** Steps that were looked through before, by version. */
  readonly known?: ReadonlyMap<string, PreparedStep>;
}

/** Looks through the scripts of steps, those that are not known yet. */
export async function prepareAll(
  steps: readonly Step[],
  { target, connection, known }: Preparation,
): Promise<readonly PreparedStep[]> {
  if (steps.length === 0) return [];
  const { prepareStep } = await import("./prepare_step.ts");
  const { settings, names } = target;
  const prepared: PreparedStep[] = [];
  for (const step of steps) {
    const earlier = known?.get(step.version);
    const isKnown = earlier !== undefined && isSameStep(earlier.step, step);
    prepared.push(
      isKnown ? earlier : await prepareStep(step, {
        folder: { dir: settings.migrationsDir, cwd: settings.cwd },
        maxStatementBytes: settings.maxStatementBytes,
        variables: settings.variables,
        backup: settings.backup,
        database: connection.target.database,
        serverVersion: connection.serverVersion,
        readKept: (version) => readKeptScript(connection, names, version),
      }),
    );
  }
  return prepared;
}

function isSameStep(one: Step, other: Step): boolean {
  return one.checksum === other.checksum &&
    one.origin.kind === other.origin.kind &&
    one.resume === undefined && other.resume === undefined;
}
