import { lookup } from "node:dns/promises";
import net from "node:net";
import { performance } from "node:perf_hooks";
import type { SessionAttributes } from "../../core/connection/parameter.ts";
import { ConnectionError, LockstepError } from "../../errors.ts";
import { type ConnectFailure, describeFailure } from "./connect_failure.ts";
import { ConnectProblem } from "./connect_problem.ts";
import type { ConnectionOptions, HostOptions } from "./connection_options.ts";
import {
  describeDatabase,
  describeHost,
  isSocketDirectory,
} from "./connection_target.ts";
import type { Address } from "./open_socket.ts";
import { orAbort, withTimeLimit } from "./time_limit.ts";

/** How long to go on trying, and what ends it. */
export interface ConnectPatience {
  /** How long to repeat attempts that may succeed later; 0 tries once. */
  readonly waitMs?: number;
  readonly signal?: AbortSignal;
  /** Told before each pause. */
  readonly onWait?: (failure: RoundFailure) => void;
}

/** Why no host would do. */
export interface RoundFailure {
  /** Such as `database "app" on db:5432`. */
  readonly server: string;
  /** Such as `the connection was refused`. */
  readonly reason: string;
}

/** One attempt, as the function that makes it is told. */
export interface Attempt {
  readonly address: Address;
  readonly host: HostOptions;
  readonly wanted: SessionAttributes;
  readonly signal: AbortSignal;
}

/**
 * What `open` makes of the first host that will do. Throws a
 * {@linkcode ConnectionError} that says why each host would not.
 */
export async function connectToFirst<Session>(
  options: ConnectionOptions,
  patience: ConnectPatience,
  open: (attempt: Attempt) => Promise<Session>,
): Promise<Session> {
  const signal = patience.signal ?? new AbortController().signal;
  const deadline = performance.now() + (patience.waitMs ?? 0);
  for (let pauseMs = 250;; pauseMs = Math.min(pauseMs * 2, 1000)) {
    const round = await tryRound({ options, signal, open });
    if ("session" in round) return round.session;
    const canHelp = round.failures.some((one) => one.waiting === "helps");
    if (!canHelp || performance.now() + pauseMs > deadline) {
      throw toConnectionError(round.failures, options);
    }
    patience.onWait?.(describeRound(round.failures, options));
    await pause(pauseMs, signal);
  }
}

/** All that stays the same from host to host. */
interface Search<Session> {
  readonly options: ConnectionOptions;
  readonly signal: AbortSignal;
  readonly open: (attempt: Attempt) => Promise<Session>;
}

interface HostFailure extends ConnectFailure {
  readonly host: HostOptions;
}

type Round<Session> =
  | { readonly session: Session }
  | { readonly failures: readonly HostFailure[] };

async function tryRound<Session>(
  search: Search<Session>,
): Promise<Round<Session>> {
  const wanted = search.options.sessionAttributes;
  if (wanted !== "prefer-standby") return await tryHosts(search, wanted);
  const round = await tryHosts(search, "standby");
  return "session" in round ? round : await tryHosts(search, "any");
}

async function tryHosts<Session>(
  search: Search<Session>,
  wanted: SessionAttributes,
): Promise<Round<Session>> {
  const failures: HostFailure[] = [];
  for (const host of search.options.hosts) {
    const round = await tryHost(search, host, wanted);
    if ("session" in round) return round;
    failures.push(...round.failures);
    if (failures.at(-1)?.others === "leave") break;
  }
  return { failures };
}

async function tryHost<Session>(
  search: Search<Session>,
  host: HostOptions,
  wanted: SessionAttributes,
): Promise<Round<Session>> {
  const failures: HostFailure[] = [];
  try {
    const addresses = await limited(
      search,
      (signal) => findAddresses(host, signal),
    );
    for (const address of addresses) {
      try {
        const session = await limited(
          search,
          (signal) => search.open({ address, host, wanted, signal }),
        );
        return { session };
      } catch (error) {
        failures.push(requireFailure(error, host, search));
        if (failures.at(-1)?.others === "leave") break;
      }
    }
  } catch (error) {
    failures.push(requireFailure(error, host, search));
  }
  return { failures };
}

function limited<Session, Result>(
  search: Search<Session>,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  return withTimeLimit({
    timeoutMs: search.options.connectTimeoutMs,
    signal: search.signal,
    reason: () => new ConnectProblem("timeout"),
  }, work);
}

/** A name may have several addresses, of which some do not answer. */
async function findAddresses(
  entry: HostOptions,
  signal: AbortSignal,
): Promise<readonly Address[]> {
  const { host, port } = entry;
  if (isSocketDirectory(host)) return [{ host, port, ip: undefined }];
  const given = entry.address ?? (net.isIP(host) === 0 ? undefined : host);
  if (given !== undefined) return [{ host, port, ip: given }];
  const found = await orAbort(lookup(host, { all: true }), signal);
  return found.map(({ address }) => ({ host, port, ip: address }));
}

/** The failure to report; what is no failure of a host goes on being thrown. */
function requireFailure<Session>(
  error: unknown,
  host: HostOptions,
  search: Search<Session>,
): HostFailure {
  if (search.signal.aborted) throw search.signal.reason;
  if (error instanceof LockstepError) throw error;
  const { options } = search;
  return {
    ...describeFailure(error, { host: host.host, port: host.port, options }),
    host,
  };
}

function toConnectionError(
  failures: readonly HostFailure[],
  options: ConnectionOptions,
): ConnectionError {
  const last = failures.at(-1);
  const { server, reason } = describeRound(failures, options);
  const message = `Cannot connect to ${server} as ${reason}`;
  return new ConnectionError("cannot_connect", message, {
    hint: last?.hint,
    server: last?.server,
    cause: last?.cause,
  });
}

function describeRound(
  failures: readonly HostFailure[],
  options: ConnectionOptions,
): RoundFailure {
  const last = failures.at(-1);
  const lines = new Set(
    failures.map(({ host, state }) => `${describeHost(host)}: ${state}`),
  );
  const database = describeDatabase(options.database);
  return last !== undefined && lines.size === 1
    ? {
      server: `${database} on ${describeHost(last.host)}`,
      reason: last.state,
    }
    : {
      server: database,
      reason: `no host will do: ${[...lines].join("; ")}`,
    };
}

async function pause(timeMs: number, signal: AbortSignal): Promise<void> {
  const waiting = Promise.withResolvers<void>();
  const timer = setTimeout(waiting.resolve, timeMs);
  try {
    await orAbort(waiting.promise, signal);
  } finally {
    clearTimeout(timer);
  }
}
