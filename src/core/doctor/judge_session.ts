import { ok, problem, type Verdict, warning } from "./verdict.ts";

/** How the connection came about. */
export interface SessionFacts {
  /** Where, without a password. */
  readonly target: string;
  /** Whether nobody can listen in between without TLS. */
  readonly isLocal: boolean;
  readonly encrypted: "yes" | "no";
  readonly loginMs: number;
  readonly roundTripMs: number;
  /** What was ignored in its settings. */
  readonly warnings: readonly string[];
}

/** Where the connection goes, whether others can read it, how slow it is. */
export function judgeConnection(facts: SessionFacts): Verdict {
  const { target, isLocal, encrypted, warnings } = facts;
  const message = `${target}, ${encrypted === "yes" ? "TLS" : "no TLS"}, ` +
    `login ${round(facts.loginMs)} ms, ` +
    `round trip ${round(facts.roundTripMs)} ms`;
  if (encrypted === "no" && !isLocal) {
    return warning(message, {
      details: [...warnings, "what is sent can be read on the way"],
      advice: "ask for encryption with sslmode=require, or better " +
        "sslmode=verify-full with sslrootcert",
    });
  }
  return warnings.length === 0
    ? ok(message)
    : warning(message, { details: warnings });
}

function round(ms: number): number {
  return ms < 10 ? Math.round(ms * 10) / 10 : Math.round(ms);
}

/** What the server says of itself. */
export interface ServerFacts {
  /** Such as 180004. */
  readonly serverVersion: number;
  /** As the server writes it. */
  readonly version: string;
  readonly isStandby: boolean;
  readonly isReadOnly: boolean;
}

/** The newest major version that lockstep is tested on. */
export const NEWEST_TESTED = 18;

/** Whether lockstep knows this version, and whether it can be written to. */
export function judgeServer(facts: ServerFacts): Verdict {
  const name = `PostgreSQL ${facts.version}`;
  if (facts.isStandby) {
    return problem(`${name}, a standby, which cannot be written to`, {
      advice: "connect to the primary, for example with several hosts and " +
        "target_session_attrs=read-write",
    });
  }
  if (facts.isReadOnly) {
    return problem(`${name}, and transactions are read only`, {
      advice: "set default_transaction_read_only to off for the server, the " +
        "database or the role",
    });
  }
  const major = Math.trunc(facts.serverVersion / 10_000);
  if (major > NEWEST_TESTED) {
    return warning(`${name} is newer than what lockstep is tested on`, {
      advice:
        `lockstep is tested on 14 to ${NEWEST_TESTED}; look for a newer ` +
        "lockstep, and try migrations elsewhere first",
    });
  }
  return ok(`${name}, which can be written to`);
}

/** How a pooler shares connections to the server among its clients. */
export type PoolerMode =
  | "none"
  | "transaction"
  | "statement"
  /** Session mode, or a pooler that happened to give out another one. */
  | "session";

/** Whether a pooler stands in between, and what that means for a run. */
export function judgePooler(
  mode: PoolerMode,
  directUrl: "given" | "missing",
): Verdict {
  const advice = "give the URL of the server itself as --direct-url or " +
    "LOCKSTEP_DIRECT_URL; migrate, rollback and init then connect there";
  const isBypassed = directUrl === "given";
  switch (mode) {
    case "none":
      return ok("none in between");
    case "session":
      return ok("one in between, in session mode as it seems");
    case "transaction":
      if (isBypassed) {
        return ok("one in transaction mode; --direct-url goes past it");
      }
      return warning("one in between, in transaction mode", {
        details: [
          "a statement that cannot run in a transaction is refused there " +
          "where the role has a lock_timeout or a statement_timeout",
        ],
        advice,
      });
    case "statement":
      return (isBypassed ? ok : problem)(
        "one in statement mode, which refuses transactions",
        isBypassed ? {} : { advice },
      );
    default:
      return mode satisfies never;
  }
}

/** Who is logged in, and what that role may not do. */
export interface RoleFacts {
  readonly role: string;
  readonly isSuperuser: boolean;
  readonly seesAllSessions: boolean;
  readonly table: string;
  /** The GRANTs that the role needs to keep the history. */
  readonly missingGrants: readonly string[];
}

/** Whether the role may do what a run does for itself. */
export function judgeRole(facts: RoleFacts): Verdict {
  const { role, missingGrants } = facts;
  if (missingGrants.length > 0) {
    return problem(
      `"${role}" lacks rights to keep the history in ${facts.table}`,
      {
        advice: "have an administrator run:",
        commands: missingGrants.map((grant) => `${grant};`),
      },
    );
  }
  if (facts.isSuperuser) {
    return ok(`"${role}", a superuser; a role with fewer rights would do`);
  }
  const message = `"${role}", no superuser, may keep the history`;
  return facts.seesAllSessions ? ok(message) : ok(message, {
    details: [
      "what other roles' sessions do is hidden from it, and so from this " +
      "report; GRANT pg_read_all_stats shows it",
    ],
  });
}

const CLOCK_LIMIT_MS = 5_000;

/** Whether two clocks agree; ahead is the server's lead. */
export function judgeClock(aheadMs: number, roundTripMs: number): Verdict {
  // The answer may have been made at either end of the round trip.
  const surely = Math.max(0, Math.abs(aheadMs) - roundTripMs / 2);
  if (surely < CLOCK_LIMIT_MS) {
    return ok("this host and the server agree on the time");
  }
  const seconds = Math.round(surely / 1000);
  return warning(
    `the server's clock is ${seconds} s ${aheadMs > 0 ? "ahead" : "behind"}`,
    {
      details: [
        "the versions that create makes come from this host's clock, the " +
        "times in the history from the server's",
      ],
      advice: "let both hosts take their time from the same source (NTP)",
    },
  );
}

/** What a connection by way of `--direct-url` came to. */
export interface DirectFacts {
  readonly target: string;
  readonly isSameDatabase: boolean;
  readonly mode: PoolerMode;
}

/** Whether `--direct-url` leads to the same database, past the pooler. */
export function judgeDirectUrl(facts: DirectFacts): Verdict {
  if (!facts.isSameDatabase) {
    return problem(`${facts.target} is not the database of the other URL`, {
      advice: "make --direct-url and --database-url name the same database",
    });
  }
  if (facts.mode !== "none") {
    return warning(`${facts.target} has a pooler in between, too`, {
      advice: "give the host and port of the server itself",
    });
  }
  return ok(`${facts.target}, the same database without a pooler`);
}
