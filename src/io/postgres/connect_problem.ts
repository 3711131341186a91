/** What may stand between a client and a session, besides the server's no. */
export type ConnectProblemKind =
  | "timeout"
  | "closed"
  | "not_postgres"
  | "tls_missing"
  | "tls_failed"
  | "password_missing"
  | "binding_missing"
  | "wrong_session";

/** A connection did not come about; never leaves this folder. */
export class ConnectProblem extends Error {
  readonly kind: ConnectProblemKind;

  constructor(kind: ConnectProblemKind, cause?: unknown) {
    super(kind, { cause });
    this.name = "ConnectProblem";
    this.kind = kind;
  }
}
