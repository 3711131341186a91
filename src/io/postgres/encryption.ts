import type { SslMode } from "../../core/connection/parameter.ts";
import { ConnectProblem } from "./connect_problem.ts";
import type { Encryption } from "./open_socket.ts";
import { PostgresError } from "./postgres_error.ts";

/**
 * Opens a session as `sslmode` says: `prefer` goes on without TLS, and `allow`
 * with it, where that made the server refuse.
 */
export async function openAsEncrypted<Session>(
  mode: SslMode,
  signal: AbortSignal,
  open: (encryption: Encryption) => Promise<Session>,
): Promise<Session> {
  const [first, second] = ENCRYPTIONS[mode];
  try {
    return await open(first);
  } catch (error) {
    if (second === undefined || signal.aborted) throw error;
    if (!isAboutEncryption(error)) throw error;
    try {
      return await open(second);
    } catch (other) {
      throw isAboutEncryption(other) ? error : other;
    }
  }
}

const ENCRYPTIONS: Readonly<
  Record<SslMode, readonly [Encryption, Encryption?]>
> = {
  "disable": ["none"],
  "allow": ["none", "required"],
  "prefer": ["if_offered", "none"],
  "require": ["required"],
  "verify-ca": ["required"],
  "verify-full": ["required"],
};

/** No entry in pg_hba.conf (28000) may be for want of TLS, or because of it. */
function isAboutEncryption(error: unknown): boolean {
  if (error instanceof PostgresError) return error.fields.sqlstate === "28000";
  return error instanceof ConnectProblem &&
    (error.kind === "tls_failed" || error.kind === "tls_missing");
}
