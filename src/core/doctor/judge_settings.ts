import { ok, problem, type Verdict, warning } from "./verdict.ts";

/** A setting of the server as it is for this role in this database. */
export interface ServerSetting {
  readonly name: string;
  /** With its unit, such as `5s`. */
  readonly value: string;
  /** Where it comes from, as pg_settings says, such as `user`. */
  readonly source: string;
}

/** What a run would do about some of them. */
export interface SettingsContext {
  /** Quoted as SQL needs. */
  readonly role: string;
  readonly database: string;
  /** How a run gets to the server. */
  readonly route: "direct" | "pooler";
  /** Whether `--statement-timeout` is given. */
  readonly statementTimeout: "own" | "none";
}

interface Concern extends Effect {
  isHarmless(value: string): boolean;
  /** Why it does no harm to this run after all. */
  isMet?(context: SettingsContext): string | undefined;
}

interface Effect {
  readonly state: "ok" | "warning" | "problem";
  readonly what: string;
}

/** The settings that `doctor` asks the server for. */
export function watchedSettings(): readonly string[] {
  return Object.keys(CONCERNS);
}

/** Settings that end or change a run, with the statement that resets each. */
export function judgeSettings(
  settings: readonly ServerSetting[],
  context: SettingsContext,
): Verdict {
  const found = settings.flatMap((setting) => {
    const effect = effectOf(setting, context);
    return effect === undefined ? [] : [{ setting, effect }];
  });
  const details = found.map(({ setting, effect }) =>
    `${setting.name} is ${setting.value} (${
      SOURCES[setting.source] ?? setting.source
    }): ${effect.what}`
  );
  const grave = found.filter(({ effect }) => effect.state !== "ok");
  if (grave.length === 0) {
    return ok("none that hurts a run", details.length === 0 ? {} : { details });
  }
  const isProblem = grave.some(({ effect }) => effect.state === "problem");
  const commands = grave.flatMap(({ setting }) => resetOf(setting, context));
  return (isProblem ? problem : warning)(
    `${grave.length} that can hurt a run`,
    {
      details,
      ...(commands.length > 0 && {
        advice: "if they are not meant for migrations:",
        commands,
      }),
    },
  );
}

function effectOf(
  { name, value }: ServerSetting,
  context: SettingsContext,
): Effect | undefined {
  const concern = CONCERNS[name];
  if (concern === undefined || concern.isHarmless(value)) return undefined;
  const reason = concern.isMet?.(context);
  return reason === undefined ? concern : { state: "ok", what: reason };
}

function isOff(value: string): boolean {
  return value === "0" || value === "off";
}

const CONCERNS: Readonly<Record<string, Concern>> = {
  default_transaction_read_only: {
    state: "problem",
    what: "nothing can be written",
    isHarmless: isOff,
  },
  session_replication_role: {
    state: "problem",
    what: "triggers and foreign keys do not fire",
    isHarmless: (value) => value === "origin",
  },
  lock_timeout: {
    state: "warning",
    what: "a statement outside a transaction is refused behind the pooler",
    isHarmless: isOff,
    isMet: ({ route }) =>
      route === "direct" ? "a run sets its own for each statement" : undefined,
  },
  statement_timeout: {
    state: "warning",
    what: "a statement that takes longer fails, unless --statement-timeout " +
      "is given",
    isHarmless: isOff,
    isMet: ({ statementTimeout }) =>
      statementTimeout === "own" ? "--statement-timeout counts" : undefined,
  },
  default_transaction_isolation: {
    state: "warning",
    what: "migrations can fail where they meet other transactions",
    isHarmless: (value) => value === "read committed",
  },
  synchronous_commit: {
    state: "warning",
    what: "a crash of the server can lose the last migrations",
    isHarmless: (value) => value !== "off",
  },
  standard_conforming_strings: {
    state: "warning",
    what: "backslashes in strings have another meaning",
    isHarmless: (value) => value === "on",
  },
  idle_in_transaction_session_timeout: {
    state: "ok",
    what: "lockstep lifts it for its own transactions",
    isHarmless: isOff,
  },
  transaction_timeout: {
    state: "ok",
    what: "lockstep lifts it for its own transactions",
    isHarmless: isOff,
  },
};

const SOURCES: Readonly<Record<string, string>> = {
  "user": "set for the role",
  "database": "set for the database",
  "database user": "set for the role in this database",
  "global": "set for all roles",
  "client": "set by the connection's options",
  "configuration file": "set for the server",
  "command line": "set for the server",
};

function resetOf(
  { name, source }: ServerSetting,
  { role, database }: { readonly role: string; readonly database: string },
): readonly string[] {
  switch (source) {
    case "user":
      return [`ALTER ROLE ${role} RESET ${name};`];
    case "database":
      return [`ALTER DATABASE ${database} RESET ${name};`];
    case "database user":
      return [`ALTER ROLE ${role} IN DATABASE ${database} RESET ${name};`];
    case "global":
      return [`ALTER ROLE ALL RESET ${name};`];
    default:
      return [];
  }
}
