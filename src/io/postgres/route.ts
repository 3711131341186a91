import { scriptPath, type Step } from "../../core/plan/plan.ts";
import type { SessionSetting } from "../../core/plan/session_leak.ts";
import { ConfigError } from "../../errors.ts";
import { readingSql } from "./catalog_sql.ts";
import type { Connection } from "./connection.ts";
import { type StatementLimits, statementTimeout } from "./session.ts";
import type { PreparedStep } from "./step_context.ts";

/** Whether a connection is a session of the server's own. */
export type Route = "direct" | "pooler";

/** Behind a pooler, the process that the connection names is not the server's. */
export async function findRoute(connection: Connection): Promise<Route> {
  const answers = await connection.run(readingSql("SELECT pg_backend_pid()"));
  const processId = Number(answers.at(-1)?.rows[0]?.[0]);
  return processId === connection.processId ? "direct" : "pooler";
}

/**
 * Behind a pooler a timeout cannot be set for one statement, so a run that
 * needs that is refused while nothing has been done.
 */
export async function requireRoute(
  worker: Connection,
  steps: readonly PreparedStep[],
  limits: StatementLimits,
): Promise<void> {
  const affected = steps.filter(({ plan, leakingSetting }) =>
    leakingSetting !== undefined ||
    plan.segments.some(({ mode }) => mode === "non_transactional")
  );
  // Where every statement has its transaction, SET LOCAL does all.
  if (affected.length === 0) return;
  const answers = await worker.run(
    readingSql(
      "SELECT name, setting FROM pg_settings " +
        "WHERE name IN ('lock_timeout', 'statement_timeout')",
    ),
  );
  const rows = answers.at(-1)?.rows ?? [];
  const actual = new Map(rows.map(([name, ms]) => [name, Number(ms)]));
  for (const prepared of affected) {
    const { leakingSetting, step } = prepared;
    if (leakingSetting !== undefined) throw pooledSetting(step, leakingSetting);
    requireTimeouts(prepared, actual, limits);
  }
}

function requireTimeouts(
  prepared: PreparedStep,
  actual: ReadonlyMap<string | undefined, number>,
  limits: StatementLimits,
): void {
  const { directives } = prepared.step;
  const needed = {
    lock_timeout: directives.lockTimeoutMs ?? 0,
    statement_timeout: statementTimeout(limits, directives),
  };
  for (const [name, ms] of Object.entries(needed)) {
    const found = actual.get(name);
    if (ms !== undefined && found !== ms) {
      throw pooledTimeout(prepared, name, { found, needed: ms });
    }
  }
}

function pooledTimeout(
  { step, plan }: PreparedStep,
  setting: string,
  { found, needed }: {
    readonly found: number | undefined;
    readonly needed: number;
  },
): ConfigError {
  const segment = plan.segments.find(({ mode }) =>
    mode === "non_transactional"
  );
  return new ConfigError(
    "pooled_connection",
    `Cannot run "${step.version}_${step.name}" through a pooler as ` +
      `${setting} is ${found ?? "unknown"} ms there and cannot be made ` +
      `${needed} ms for: ` +
      `${segment?.reason ?? "a statement outside a transaction"}`,
    {
      hint: `connect past the pooler with --direct-url, or set ${setting} ` +
        `to ${needed} for the role`,
      location: { path: scriptPath(step) },
    },
  );
}

function pooledSetting(step: Step, { line }: SessionSetting): ConfigError {
  return new ConfigError(
    "pooled_connection",
    `Cannot run "${step.version}_${step.name}" through a pooler as what line ` +
      `${line} sets for the session would not hold for the statements ` +
      "behind it and could reach other clients: the script does not run in " +
      "one transaction",
    {
      hint: "connect past the pooler with --direct-url, or use SET LOCAL in " +
        "the transaction that needs it",
      location: { path: scriptPath(step), line },
    },
  );
}
