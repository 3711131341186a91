import {
  ConnectionError,
  ExecutionError,
  LockstepError,
  type ServerMessage,
} from "../../errors.ts";

/** The server said no; the connection can go on. */
export class PostgresError extends Error {
  readonly fields: ServerMessage;
  /** Which statement of the message it refused, from 0. */
  readonly statementIndex: number;

  constructor(fields: ServerMessage, statementIndex = 0) {
    super(fields.message);
    this.name = "PostgresError";
    this.fields = fields;
    this.statementIndex = statementIndex;
  }
}

/** What the server said, unless the driver made the error up by itself. */
export function toPostgresError(error: unknown): PostgresError | undefined {
  if (!(error instanceof Error && "severity" in error)) return undefined;
  return new PostgresError(toServerMessage(error));
}

/**
 * The error, when it is one that lockstep raises on purpose or that the server
 * answered with; anything else is a bug and is thrown on.
 */
export function requireKnown(error: unknown): LockstepError {
  if (error instanceof LockstepError) return error;
  if (error instanceof PostgresError) return refusedError(error);
  throw error;
}

/** A refusal of the server to read or to write what the tool keeps. */
export function refusedError(error: PostgresError): LockstepError {
  const { fields } = error;
  if (fields.sqlstate === READ_ONLY) {
    return new ConnectionError(
      "read_only_server",
      `Cannot write to the database as it is read-only: ${fields.message}`,
      {
        hint: "connect to a server that may be written to, or reset " +
          "default_transaction_read_only",
        server: fields,
        cause: error,
      },
    );
  }
  return new ExecutionError(
    "record_failed",
    `Cannot keep the history as the server refused: ${fields.message}`,
    { remains: "nothing", server: fields, cause: error },
  );
}

const READ_ONLY = "25006";

/** Whether a lock was not to be had in time, or not at once. */
export function isLockTimeout(error: unknown): error is PostgresError {
  return error instanceof PostgresError && error.fields.sqlstate === "55P03";
}

/** An error or notice as the driver hands it over, by its names. */
export interface DriverMessage {
  readonly severity?: unknown;
  readonly code?: string;
  readonly message?: string;
  readonly detail?: string;
  readonly hint?: string;
  readonly where?: string;
  readonly position?: string;
  readonly internalPosition?: string;
  readonly internalQuery?: string;
  readonly schema?: string;
  readonly table?: string;
  readonly column?: string;
  readonly dataType?: string;
  readonly constraint?: string;
}

/** The driver's error or notice in our words, with positions as numbers. */
export function toServerMessage(message: DriverMessage): ServerMessage {
  return {
    severity: String(message.severity ?? "ERROR"),
    sqlstate: message.code ?? "XX000",
    message: bounded(message.message) ?? "",
    detail: bounded(message.detail),
    hint: bounded(message.hint),
    where: bounded(message.where),
    position: toNumber(message.position),
    internalPosition: toNumber(message.internalPosition),
    internalQuery: bounded(message.internalQuery),
    schema: message.schema,
    table: message.table,
    column: message.column,
    dataType: message.dataType,
    constraint: message.constraint,
  };
}

/** RAISE can make a text of hundreds of megabytes, to be shown and recorded. */
const MAX_TEXT_LENGTH = 10_000;

function bounded(text: string | undefined): string | undefined {
  if (text === undefined || text.length <= MAX_TEXT_LENGTH) return text;
  const start = text.slice(0, MAX_TEXT_LENGTH).toWellFormed();
  return `${start} … and ${text.length - MAX_TEXT_LENGTH} characters more`;
}

function toNumber(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}
