import type {
  ConfigErrorCode,
  ConnectionErrorCode,
  ExecutionErrorCode,
  FileErrorCode,
  HistoryErrorCode,
  LockErrorCode,
  UsageErrorCode,
} from "./error_codes.ts";
import { maskSecrets } from "./mask_secrets.ts";

export type * from "./error_codes.ts";

/**
 * What a process of lockstep exits with. The only place where these numbers
 * stand; `docs/decisions/0005-exit-codes.md` says why they are these.
 */
export const EXIT = {
  success: 0,
  bug: 1,
  usage: 2,
  findings: 3,
  locked: 4,
  failed: 5,
  partial: 6,
  connection: 7,
  hung_up: 129,
  interrupted: 130,
  terminated: 143,
} as const;

/** One of the words of {@linkcode EXIT}. */
export type ExitName = keyof typeof EXIT;

/** What a run that a signal stopped ends with, unless it is part-way. */
export const SIGNAL_EXITS = {
  SIGHUP: "hung_up",
  SIGINT: "interrupted",
  SIGTERM: "terminated",
} as const satisfies Record<string, ExitName>;

/** The signals that ask a run to stop. */
export type StopSignal = keyof typeof SIGNAL_EXITS;

/** A place in a file, as a person counts: lines and columns start at 1. */
export interface SourceLocation {
  /** The path as the user gave it or would type it. */
  readonly path: string;
  readonly line?: number;
  /** In code points, so that it is right after any Unicode text. */
  readonly column?: number;
  /** The text of the line, without its line break. */
  readonly excerpt?: string;
}

/**
 * What the server said about an error, by the field names of the protocol
 * (PostgreSQL documentation, "Error and Notice Message Fields").
 */
export interface ServerMessage {
  readonly severity: string;
  readonly sqlstate: string;
  readonly message: string;
  readonly detail?: string;
  readonly hint?: string;
  readonly where?: string;
  /** In code points from 1, over the text that was sent. */
  readonly position?: number;
  readonly internalPosition?: number;
  readonly internalQuery?: string;
  readonly schema?: string;
  readonly table?: string;
  readonly column?: string;
  readonly dataType?: string;
  readonly constraint?: string;
}

/** What every error may carry besides its code and message. */
export interface ErrorDetails {
  /** The next thing to do: a command or an edit. */
  readonly hint?: string;
  readonly location?: SourceLocation;
  readonly server?: ServerMessage;
  readonly cause?: unknown;
}

/** Any error that lockstep raises on purpose; anything else is a bug. */
export abstract class LockstepError extends Error {
  /** A word that is API: never renamed. */
  readonly code: string;
  readonly hint: string | undefined;
  readonly location: SourceLocation | undefined;
  readonly server: ServerMessage | undefined;
  /** How a process ends that stops because of this error. */
  abstract readonly exit: ExitName;

  constructor(code: string, message: string, details: ErrorDetails = {}) {
    super(
      message,
      details.cause === undefined ? undefined : { cause: details.cause },
    );
    this.name = new.target.name;
    this.code = code;
    this.hint = details.hint;
    this.location = details.location;
    this.server = details.server;
  }

  /** The error as JSON has it in reports, without passwords. */
  toJSON(): ErrorDocument {
    const { code, location, server, exit } = this;
    const others = othersOf(this);
    return {
      code,
      message: maskSecrets(this.message),
      ...(this.hint !== undefined && { hint: maskSecrets(this.hint) }),
      ...(location !== undefined && { location: maskLocation(location) }),
      ...(server !== undefined && { server: maskServer(server) }),
      exit,
      exitCode: EXIT[exit],
      ...(others.length > 0 && { others: others.map((one) => one.toJSON()) }),
    };
  }
}

/** An error as `JSON.stringify()` writes it. */
export interface ErrorDocument {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  readonly location?: SourceLocation;
  readonly server?: ServerMessage;
  readonly exit: ExitName;
  readonly exitCode: number;
  /** The other findings of the same look at the files or the history. */
  readonly others?: readonly ErrorDocument[];
}

function othersOf(error: LockstepError): readonly LockstepError[] {
  return error instanceof FileError || error instanceof HistoryError
    ? error.others
    : [];
}

function maskLocation(location: SourceLocation): SourceLocation {
  const { excerpt } = location;
  return excerpt === undefined
    ? location
    : { ...location, excerpt: maskSecrets(excerpt) };
}

function maskServer(server: ServerMessage): ServerMessage {
  const { message, detail, hint, where, internalQuery } = server;
  return {
    ...server,
    message: maskSecrets(message),
    ...(detail !== undefined && { detail: maskSecrets(detail) }),
    ...(hint !== undefined && { hint: maskSecrets(hint) }),
    ...(where !== undefined && { where: maskSecrets(where) }),
    ...(internalQuery !== undefined &&
      { internalQuery: maskSecrets(internalQuery) }),
  };
}

/** The command line asks for what cannot be; fix the command. */
export class UsageError extends LockstepError {
  readonly exit = "usage";
  declare readonly code: UsageErrorCode;

  constructor(code: UsageErrorCode, message: string, details?: ErrorDetails) {
    super(code, message, details);
  }
}

/** A setting, or a file that settings come from, is wrong; fix it. */
export class ConfigError extends LockstepError {
  readonly exit = "usage";
  declare readonly code: ConfigErrorCode;

  constructor(code: ConfigErrorCode, message: string, details?: ErrorDetails) {
    super(code, message, details);
  }
}

/** A migration file cannot be used as it is; edit it. */
export class FileError extends LockstepError {
  readonly exit = "findings";
  declare readonly code: FileErrorCode;
  /** The other findings of the same look at the files. */
  readonly others: readonly FileError[];

  constructor(
    code: FileErrorCode,
    message: string,
    details: ErrorDetails & { readonly others?: readonly FileError[] } = {},
  ) {
    super(code, message, details);
    this.others = details.others ?? [];
  }
}

/** The files and what the database says was applied do not agree. */
export class HistoryError extends LockstepError {
  readonly exit = "findings";
  declare readonly code: HistoryErrorCode;
  /** The other findings of the same look at the history. */
  readonly others: readonly HistoryError[];

  constructor(
    code: HistoryErrorCode,
    message: string,
    details: ErrorDetails & { readonly others?: readonly HistoryError[] } = {},
  ) {
    super(code, message, details);
    this.others = details.others ?? [];
  }
}

/** Another run is at work; wait for it. */
export class LockError extends LockstepError {
  readonly exit = "locked";
  declare readonly code: LockErrorCode;

  constructor(code: LockErrorCode, message: string, details?: ErrorDetails) {
    super(code, message, details);
  }
}

/** What a failed step left behind. */
export type Remains = "nothing" | "part";

/** A migration, a backup or a restore was started and did not finish. */
export class ExecutionError extends LockstepError {
  declare readonly code: ExecutionErrorCode;
  readonly remains: Remains;

  constructor(
    code: ExecutionErrorCode,
    message: string,
    details: ErrorDetails & { readonly remains: Remains },
  ) {
    super(code, message, details);
    this.remains = details.remains;
  }

  get exit(): "failed" | "partial" {
    return this.remains === "part" ? "partial" : "failed";
  }
}

/** The server cannot be reached, or not used as it is; try again later. */
export class ConnectionError extends LockstepError {
  readonly exit = "connection";
  declare readonly code: ConnectionErrorCode;

  constructor(
    code: ConnectionErrorCode,
    message: string,
    details?: ErrorDetails,
  ) {
    super(code, message, details);
  }
}

/** A run was told to stop by a signal and did; nothing is part-way. */
export class InterruptedError extends LockstepError {
  readonly exit: (typeof SIGNAL_EXITS)[StopSignal];

  constructor(signal: StopSignal) {
    super("interrupted", `Stopped by ${signal}`);
    this.exit = SIGNAL_EXITS[signal];
  }
}
