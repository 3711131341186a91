import { createPrivateKey, X509Certificate } from "node:crypto";
import path from "node:path";
import process from "node:process";
import {
  findWord,
  type ParameterValues,
  SSL_MODES,
  SSL_NEGOTIATIONS,
  type SslMode,
} from "../../core/connection/parameter.ts";
import { showName } from "../../core/display.ts";
import { ConfigError } from "../../errors.ts";
import { type FilePlaces, findStat, findText } from "./option_files.ts";

/** How to encrypt, and whom to trust. */
export interface TlsOptions {
  readonly mode: SslMode;
  readonly negotiation: "postgres" | "direct";
  /** What is checked of the server's certificate. */
  readonly verify: "nothing" | "chain" | "name";
  /** Trusted roots as PEM; `undefined` are those of the runtime. */
  readonly roots: string | undefined;
  /** The client's certificate, with what signed it, as PEM. */
  readonly certificate: string | undefined;
  /** A function, so that printing options does not show it. */
  readonly key: (() => string) | undefined;
}

/** Where certificates are looked for, and whether they can be needed. */
export interface TlsPlaces extends FilePlaces {
  readonly reach: "sockets" | "network";
}

const SYSTEM_ROOTS = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/ssl/cert.pem",
];

/**
 * TLS options by libpq's rules, with the files read and checked: a key that
 * does not fit its certificate ends the process in some runtimes (PostgreSQL
 * documentation, "SSL Support").
 */
export async function readTlsOptions(
  values: ParameterValues,
  places: TlsPlaces,
): Promise<TlsOptions> {
  const mode = requireMode(values);
  const negotiation = findWord(values, "sslnegotiation", SSL_NEGOTIATIONS) ??
    "postgres";
  const nothing = {
    mode,
    negotiation,
    verify: "nothing",
    roots: undefined,
    certificate: undefined,
    key: undefined,
  } as const;
  if (mode === "disable" || places.reach === "sockets") return nothing;
  return {
    ...nothing,
    ...await readRoots(values, mode, places),
    ...await readClientCertificate(values, places),
  };
}

function requireMode(values: ParameterValues): SslMode {
  const isSystem = values.get("sslrootcert") === "system";
  const mode = findWord(values, "sslmode", SSL_MODES) ??
    (isSystem ? "verify-full" : "prefer");
  if (isSystem && mode !== "verify-full") {
    throw new ConfigError(
      "invalid_setting",
      `Cannot use sslrootcert=system as sslmode is "${mode}"`,
      { hint: "set sslmode to verify-full" },
    );
  }
  const isWeak = SSL_MODES.indexOf(mode) < SSL_MODES.indexOf("require");
  if (isWeak && values.get("sslnegotiation") === "direct") {
    throw new ConfigError(
      "invalid_setting",
      `Cannot use sslnegotiation=direct as sslmode is "${mode}"`,
      { hint: "set sslmode to require or a stronger one" },
    );
  }
  return mode;
}

/** As libpq, any mode verifies the chain when there is a root certificate. */
async function readRoots(
  values: ParameterValues,
  mode: SslMode,
  places: TlsPlaces,
): Promise<Pick<TlsOptions, "verify" | "roots">> {
  const verify = mode === "verify-full" ? "name" : "chain";
  const given = values.get("sslrootcert");
  if (given === "system") {
    return { verify, roots: await readSystemRoots(places) };
  }
  const file = given ?? homeFile(places, "root.crt");
  const roots = file && await findText(file, given ? "named" : "default");
  if (roots) {
    requireCertificates(roots, file);
    return { verify, roots };
  }
  if (!mode.startsWith("verify-")) {
    return { verify: "nothing", roots: undefined };
  }
  const name = showName(file ?? "~/.postgresql/root.crt");
  throw new ConfigError(
    "invalid_setting",
    `Cannot verify the server as there is no root certificate "${name}"`,
    { hint: "set sslrootcert to a file, or to system" },
  );
}

async function readSystemRoots(
  places: TlsPlaces,
): Promise<string | undefined> {
  const named = places.env.SSL_CERT_FILE;
  if (named) return await findText(named, "named");
  for (const file of SYSTEM_ROOTS) {
    const text = await findText(file, "default");
    if (text) return text;
  }
  return undefined;
}

async function readClientCertificate(
  values: ParameterValues,
  places: TlsPlaces,
): Promise<Pick<TlsOptions, "certificate" | "key">> {
  const none = { certificate: undefined, key: undefined };
  if (values.get("sslcertmode") === "disable") return none;
  const given = values.get("sslcert");
  const file = given ?? homeFile(places, "postgresql.crt");
  const certificate = file && await findText(file, given ? "named" : "default");
  if (!certificate) return none;
  const keyFile = values.get("sslkey") ?? homeFile(places, "postgresql.key");
  const key = await readKey(keyFile, values.get("sslpassword"));
  requireFit(certificate, file, key);
  return { certificate, key: () => key };
}

function homeFile(places: TlsPlaces, name: string): string | undefined {
  return places.home && path.join(places.home, ".postgresql", name);
}

async function readKey(
  file: string | undefined,
  passphrase: string | undefined,
): Promise<string> {
  if (!file) {
    throw new ConfigError(
      "invalid_setting",
      "Cannot use the client certificate as its key is not named",
      { hint: "set sslkey" },
    );
  }
  const text = await findText(file, "named") ?? "";
  await requirePrivate(file);
  try {
    // decrypted here: not every runtime can do it when it connects
    return createPrivateKey({ key: text, passphrase })
      .export({ type: "pkcs8", format: "pem" }).toString();
  } catch (cause) {
    throw new ConfigError(
      "invalid_setting",
      `Cannot use the private key "${showName(file)}" as it cannot be read`,
      {
        hint: /ENCRYPTED/.test(text)
          ? "set sslpassword to what it is encrypted with"
          : "it must be a private key in PEM",
        cause,
      },
    );
  }
}

async function requirePrivate(file: string): Promise<void> {
  const info = await findStat(file, "named");
  if (info === undefined || process.platform === "win32") return;
  // libpq lets a group read a key that root owns
  const others = Number(info.uid) === 0 ? 0o037 : 0o077;
  if ((Number(info.mode) & others) === 0) return;
  throw new ConfigError(
    "invalid_setting",
    `Cannot use the private key "${showName(file)}" as others may read it`,
    { hint: `chmod 600 "${showName(file)}"` },
  );
}

function requireFit(pem: string, file: string, key: string): void {
  const [certificate] = requireCertificates(pem, file);
  if (certificate === undefined) return;
  if (!certificate.checkPrivateKey(createPrivateKey(key))) {
    throw new ConfigError(
      "invalid_setting",
      `Cannot use the certificate "${showName(file)}" as its key is another`,
      { hint: "set sslkey to the key that the certificate was made for" },
    );
  }
  if (isVersion1(certificate) && !canUseVersion1()) {
    throw new ConfigError(
      "invalid_setting",
      `Cannot use the certificate "${showName(file)}" as it is X.509 version 1`,
      { hint: "make it with version 3: openssl x509 -req … -extfile …" },
    );
  }
}

function requireCertificates(pem: string, file: string): X509Certificate[] {
  const blocks = pem.match(
    /-----BEGIN CERTIFICATE-----[^]*?-----END CERTIFICATE-----/g,
  ) ?? [];
  try {
    const certificates = blocks.map((block) => new X509Certificate(block));
    if (certificates.length > 0) return certificates;
  } catch {
    // said below, for a file without any as for one with a broken one
  }
  throw new ConfigError(
    "invalid_setting",
    `Cannot use "${showName(file)}" as it is not a certificate in PEM`,
    { hint: "it must have lines BEGIN CERTIFICATE and END CERTIFICATE" },
  );
}

/** Version 3 starts with a version; version 1 at once with its number. */
function isVersion1(certificate: X509Certificate): boolean {
  const der = certificate.raw;
  const inner = afterHeader(der, 0);
  return der[afterHeader(der, inner)] !== 0xa0;
}

function afterHeader(der: Uint8Array, at: number): number {
  const length = der[at + 1] ?? 0;
  return at + 2 + (length > 0x80 ? length - 0x80 : 0);
}

/** The TLS of Deno before 2.9 ends the process on version 1. */
function canUseVersion1(): boolean {
  const [major = 0, minor = 0] = (process.versions.deno ?? "9.0").split(".")
    .map(Number);
  return major > 2 || (major === 2 && minor >= 9);
}
