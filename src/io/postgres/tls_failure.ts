import { showName } from "../../core/display.ts";

/** What a failed TLS handshake means, in a sentence and the next thing to do. */
export interface TlsFailure {
  readonly state: string;
  readonly hint: string;
}

/**
 * Explains a failed handshake; `cause` comes from OpenSSL's words in one
 * runtime and from those of rustls in another.
 */
export function describeTlsFailure(cause: unknown, host: string): TlsFailure {
  const text = describe(cause);
  const known = KNOWN.find(({ pattern }) => pattern.test(text));
  if (known === undefined) {
    return {
      state: `TLS could not be started: ${showName(firstLine(text))}`,
      hint: "check the TLS settings of both sides",
    };
  }
  return {
    state: known.state.replace("HOST", `"${showName(host)}"`),
    hint: known.hint,
  };
}

interface KnownFailure extends TlsFailure {
  readonly pattern: RegExp;
}

const KNOWN: readonly KnownFailure[] = [
  {
    pattern: /CERT_HAS_EXPIRED|certificate expired|: Expired|has expired/i,
    state: "the server's certificate has expired",
    hint: "renew it on the server",
  },
  {
    pattern: /CERT_NOT_YET_VALID|NotValidYet|not valid yet|not yet valid/i,
    state: "the server's certificate is not valid yet",
    hint: "check the clocks of both machines",
  },
  {
    pattern: /ALTNAME_INVALID|NotValidForName|not valid for name/i,
    state: "the server's certificate is not for HOST",
    hint: "connect by a name in the certificate, or set sslmode to verify-ca",
  },
  {
    pattern:
      /SELF_SIGNED|UNABLE_TO_(GET_ISSUER|VERIFY)|UnknownIssuer|BadSignature|CaUsedAsEndEntity|CERT_SIGNATURE|INVALID_CA|self[- ]signed/i,
    state: "the server's certificate is not trusted",
    hint: "set sslrootcert to the certificate of the authority that signed it",
  },
  {
    pattern: /alert.*(certificate|unknown ca)|CertificateRequired/i,
    state: "the server does not accept the client certificate",
    hint: "check sslcert and sslkey",
  },
  {
    pattern: /closed|ECONNRESET|EPIPE|UNKNOWN|disconnected|terminated/,
    state: "the server closed the connection when TLS was started",
    hint: "check the TLS settings of both sides",
  },
];

function describe(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const code = "code" in cause ? `${cause.code}: ` : "";
  return `${code}${cause.message}`;
}

function firstLine(text: string): string {
  return text.split("\n")[0] ?? text;
}
