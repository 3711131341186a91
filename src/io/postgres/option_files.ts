import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { showName } from "../../core/display.ts";
import type { ParameterValues } from "../../core/connection/parameter.ts";
import { findService } from "../../core/connection/service_file.ts";
import { ConfigError } from "../../errors.ts";

/** What a password file holds, and why it was ignored if it was. */
export interface PasswordFile {
  readonly text: string;
  readonly warnings: readonly string[];
}

/** What names files: the environment and the home directory. */
export interface FilePlaces {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string | undefined;
}

const SYSTEM_CONFIG = "/etc/postgresql-common";
const MAX_BYTES = 1024 * 1024;

/** The parameters of the service that is asked for, if one is. */
export async function readService(
  given: ParameterValues,
  places: FilePlaces,
): Promise<ParameterValues> {
  const { env, home } = places;
  const service = given.get("service") || env.PGSERVICE;
  if (service === undefined || service === "") return new Map();
  const own = given.get("servicefile") || env.PGSERVICEFILE;
  const files = [
    own || (home && path.join(home, ".pg_service.conf")),
    path.join(env.PGSYSCONFDIR || SYSTEM_CONFIG, "pg_service.conf"),
  ];
  for (const file of files) {
    if (!file) continue;
    const text = await findText(file, file === own ? "named" : "default");
    if (text === undefined) continue;
    const values = findService(text, { service, path: showName(file) });
    if (values !== undefined) return values;
  }
  const name = showName(service);
  throw new ConfigError(
    "invalid_setting",
    `Cannot use the service "${name}" as no service file defines it`,
    { hint: `add a section [${name}] to ${showName(files[0] ?? "it")}` },
  );
}

/** The password file, empty when it is missing or too open to be trusted. */
export async function readPasswordFile(
  given: string | undefined,
  home: string | undefined,
): Promise<PasswordFile> {
  const file = given ?? (home && path.join(home, ".pgpass"));
  const info = file
    ? await findStat(file, given === undefined ? "default" : "named")
    : undefined;
  if (!file || info === undefined) return { text: "", warnings: [] };
  const name = showName(file);
  if (!info.isFile()) {
    return {
      text: "",
      warnings: [`Ignored the password file "${name}" as it is not a file`],
    };
  }
  if (process.platform !== "win32" && (Number(info.mode) & 0o077) !== 0) {
    const warning =
      `Ignored the password file "${name}" as others may read it: ` +
      `chmod 600 "${name}"`;
    return { text: "", warnings: [warning] };
  }
  return { text: await findText(file, "default") ?? "", warnings: [] };
}

/**
 * The content of a file that a setting names, without its last line break. Its
 * errors do not show the name: it may be the secret itself, put in the wrong
 * variable.
 */
export async function readSecret(
  file: string,
  setting: string,
): Promise<string> {
  const text = await findSecret(file, setting);
  const secret = text?.replace(/\r?\n$/, "") ?? "";
  if (secret !== "") return secret;
  throw new ConfigError(
    "invalid_setting",
    `Cannot use ${setting} as the file that it names is empty`,
    { hint: "write the password into it" },
  );
}

async function findSecret(
  file: string,
  setting: string,
): Promise<string | undefined> {
  try {
    return await findText(file, "named");
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new ConfigError(
      error.code,
      `Cannot use ${setting} as the file that it names cannot be read`,
      { hint: "check that it is there, is a small file, and may be read" },
    );
  }
}

/**
 * The text of a file; one that is `default` may be missing, one that is
 * `named` by somebody may not.
 */
export async function findText(
  file: string,
  origin: "default" | "named",
): Promise<string | undefined> {
  const info = await findStat(file, origin);
  const name = showName(file);
  if (info === undefined) {
    if (origin === "default") return undefined;
    throw new ConfigError(
      "config_unreadable",
      `Cannot read "${name}" as there is no such file`,
      { hint: "check the path" },
    );
  }
  // a named pipe would never end, a device never fill
  if (!info.isFile() || info.size > MAX_BYTES) {
    throw new ConfigError(
      "config_unreadable",
      `Cannot read "${name}" as it is not a file of at most 1 MB`,
      { hint: "check the path" },
    );
  }
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw unreadable(name, error);
  }
}

/**
 * What the file system says of a file, or nothing when it is not there. A
 * default place that may not be looked into, such as the home folder of
 * another user, has no file for this one.
 */
export async function findStat(
  file: string,
  origin: "named" | "default",
): Promise<Awaited<ReturnType<typeof stat>> | undefined> {
  try {
    return await stat(file);
  } catch (error) {
    if (isMissing(error)) return undefined;
    if (origin === "default" && isForbidden(error)) return undefined;
    throw unreadable(showName(file), error);
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error &&
    (error.code === "ENOENT" || error.code === "ENOTDIR");
}

function isForbidden(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EACCES";
}

function unreadable(name: string, cause: unknown): ConfigError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ConfigError(
    "config_unreadable",
    `Cannot read "${name}" as the system refuses: ${reason}`,
    { hint: "check its permissions", cause },
  );
}
