import { ConfigError, type SourceLocation } from "../../errors.ts";
import type { Variable } from "../sql/variables.ts";
import {
  type DeclaredVariable,
  declareVariables,
  type VariableDeclarations,
} from "./declare_variables.ts";
import { MIN_SECRET_LENGTH } from "./mask.ts";
import {
  bothSet,
  type Origin,
  type SecretFile,
  type SettingSources,
} from "./resolve.ts";
import { fileVariable } from "./settings.ts";

/** Where the variables of scripts come from. */
export interface VariableSources extends VariableDeclarations {
  /** What the files hold that {@linkcode findVariableFiles} asked for. */
  readonly files: SettingSources["files"];
}

/** A variable of scripts, and where it was declared. */
export interface TracedVariable extends Variable {
  readonly origin: Origin;
}

/**
 * The files that hold secret variables. Throws `invalid_setting` for a
 * `--secret-var` of the wrong form, or whose value is nowhere.
 */
export function findVariableFiles(
  declarations: VariableDeclarations,
): readonly SecretFile[] {
  const { env } = declarations;
  const declared = [...declareVariables(declarations).values()];
  return declared.flatMap((secret) => {
    if (secret.kind !== "secret") return [];
    const { variable } = secret;
    const path = env[fileVariable(variable)];
    const isFile = path !== undefined && path !== "";
    if (!isFile && !env[variable]) throw secretNotSet(secret);
    if (isFile && env[variable]) throw bothSet(variable);
    return isFile ? [{ variable: fileVariable(variable), path }] : [];
  });
}

/**
 * The variables of a run: those of the configuration file, then those of the
 * environment, then those of flags, which win. Throws `invalid_setting` for
 * what cannot be one.
 */
export function resolveVariables(
  sources: VariableSources,
): ReadonlyMap<string, TracedVariable> {
  const declared = [...declareVariables(sources).values()];
  return new Map(declared.map((variable) => {
    const { name, origin } = variable;
    const isSecret = variable.kind === "secret";
    const value = variable.kind === "secret"
      ? readSecret(variable, sources)
      : variable.value;
    requireText(name, value);
    return [name, { value, isSecret, origin }];
  }));
}

/** How the names of variables start that secrets and prefixes make use of. */
export function usedVariables(
  { flags, env, sections = [] }: Omit<SettingSources, "files">,
): readonly string[] {
  const secrets = flags["secretVars"] ?? env["LOCKSTEP_SECRET_VARS"] ?? "";
  const items = typeof secrets === "string" ? secrets.split(",") : secrets;
  return [
    flags["varsFromEnv"] ?? env["LOCKSTEP_VARS_FROM_ENV"] ?? "",
    ...items.map((item) => item.slice(item.indexOf("=") + 1).trim()),
    ...sections.flatMap(({ entries, secretVars }) => [
      entries.get("varsFromEnv")?.text ?? "",
      ...secretVars.map(({ value }) => value),
    ]),
  ].flat().filter((start) => start !== "");
}

type Secret = DeclaredVariable & { readonly kind: "secret" };

function readSecret(secret: Secret, { env, files }: VariableSources): string {
  const { name, variable } = secret;
  // As $(cat file) does it.
  const fromFile = files[fileVariable(variable)]?.replace(/[\r\n]+$/, "");
  const value = fromFile ?? env[variable] ?? "";
  if (value.length >= MIN_SECRET_LENGTH) return value;
  throw new ConfigError(
    "invalid_setting",
    `Cannot use the secret "${name}" as its value has fewer than ` +
      `${MIN_SECRET_LENGTH} characters`,
    {
      hint: "so short a value cannot be kept out of the output; use a longer " +
        "one, or --var if it is no secret",
      ...placeOf(secret),
    },
  );
}

function requireText(name: string, value: string): void {
  if (!value.includes("\0")) return;
  throw new ConfigError(
    "invalid_setting",
    `Cannot use the variable "${name}" as there is a NUL byte in its value`,
    { hint: "remove the byte" },
  );
}

function secretNotSet(secret: Secret): ConfigError {
  const { name, origin } = secret;
  const by = origin.kind === "file" ? "secret_vars" : "--secret-var";
  return new ConfigError(
    "invalid_setting",
    `Cannot use the secret "${name}" as the variable that holds it is not set`,
    {
      hint: `set the variable that ${by} names, or the same name with ` +
        "_FILE at its end",
      ...placeOf(secret),
    },
  );
}

function placeOf({ origin }: Secret): { location?: SourceLocation } {
  return origin.kind === "file" ? { location: origin.location } : {};
}
