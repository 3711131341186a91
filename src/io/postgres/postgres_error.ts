import type { ServerMessage } from "../../errors.ts";

/** The server said no; the connection can go on. */
export class PostgresError extends Error {
  readonly fields: ServerMessage;

  constructor(fields: ServerMessage) {
    super(fields.message);
    this.name = "PostgresError";
    this.fields = fields;
  }
}

/** What the server said, unless the driver made the error up by itself. */
export function toPostgresError(error: unknown): PostgresError | undefined {
  if (!(error instanceof Error && "severity" in error)) return undefined;
  return new PostgresError(toServerMessage(error));
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
    message: message.message ?? "",
    detail: message.detail,
    hint: message.hint,
    where: message.where,
    position: toNumber(message.position),
    internalPosition: toNumber(message.internalPosition),
    internalQuery: message.internalQuery,
    schema: message.schema,
    table: message.table,
    column: message.column,
    dataType: message.dataType,
    constraint: message.constraint,
  };
}

function toNumber(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}
