import { ConfigError } from "../../errors.ts";
import { showName } from "../display.ts";
import { isVariableName } from "../sql/variables.ts";
import type { Variable, Variables } from "../sql/variables.ts";
import { MIN_SECRET_LENGTH } from "./mask.ts";
import { bothSet, type SecretFile, type SettingSources } from "./resolve.ts";
import { fileVariable, type SettingValues } from "./settings.ts";

/** Where the variables of scripts come from. */
export interface VariableSources {
  readonly values: Pick<SettingValues, "vars" | "secretVars" | "varsFromEnv">;
  readonly env: SettingSources["env"];
  /** What the files hold that {@linkcode findVariableFiles} asked for. */
  readonly files: SettingSources["files"];
}

/**
 * The files that hold secret variables. Throws `invalid_setting` for a
 * `--secret-var` of the wrong form, or whose value is nowhere.
 */
export function findVariableFiles(
  { values, env }: Omit<VariableSources, "files">,
): readonly SecretFile[] {
  return values.secretVars.flatMap((item) => {
    const { name, variable } = parseSecret(item);
    const path = env[fileVariable(variable)];
    const isFile = path !== undefined && path !== "";
    if (!isFile && !env[variable]) throw secretNotSet(name);
    if (isFile && env[variable]) throw bothSet(variable);
    return isFile ? [{ variable: fileVariable(variable), path }] : [];
  });
}

/**
 * The variables of a run: those of the environment, then those of flags,
 * which win. Throws `invalid_setting` for what cannot be one.
 */
export function resolveVariables(sources: VariableSources): Variables {
  const { values } = sources;
  const plain = values.vars.map(parsePlain);
  const secret = values.secretVars.map((item) => readSecret(item, sources));
  for (const [name] of secret) {
    if (plain.some(([other]) => other === name)) throw givenTwice(name);
  }
  const variables = new Map([
    ...variablesOfEnvironment(sources),
    ...plain,
    ...secret,
  ]);
  for (const [name, { value }] of variables) requireText(name, value);
  return variables;
}

/** How the names of variables start that secrets and prefixes make use of. */
export function usedVariables(
  { flags, env }: Pick<SettingSources, "flags" | "env">,
): readonly string[] {
  const secrets = flags["secretVars"] ?? env["LOCKSTEP_SECRET_VARS"] ?? "";
  const items = typeof secrets === "string" ? secrets.split(",") : secrets;
  return [
    flags["varsFromEnv"] ?? env["LOCKSTEP_VARS_FROM_ENV"] ?? "",
    ...items.map((item) => item.slice(item.indexOf("=") + 1).trim()),
  ].flat().filter((start) => start !== "");
}

type Entry = readonly [name: string, variable: Variable];

function parsePlain(item: string): Entry {
  const [, name = "", value = ""] = /^([^=]*)=(.*)$/s.exec(item) ?? [];
  if (isVariableName(name)) return [name, { value, isSecret: false }];
  throw new ConfigError(
    "invalid_setting",
    item.includes("=")
      ? `Cannot use "--var" as "${showName(name)}" is no name of a variable`
      : `Cannot use "--var" as "${showName(item)}" is no name=value`,
    { hint: `write --var name=value; ${NAME_RULE}` },
  );
}

const NAME_RULE = "a name has letters, digits and underscores";

/** What stands behind `=` may be the secret itself, so it is not shown. */
function parseSecret(
  item: string,
): { readonly name: string; readonly variable: string } {
  const [, name = "", variable = ""] =
    /^([^=]*)=([A-Za-z_][A-Za-z0-9_]*)$/.exec(item) ?? [];
  if (isVariableName(name)) return { name, variable };
  throw new ConfigError(
    "invalid_setting",
    'Cannot use "--secret-var" as its value is no name=VARIABLE',
    {
      hint: "write --secret-var name=VARIABLE, where VARIABLE is set in the " +
        `environment; ${NAME_RULE}`,
    },
  );
}

function readSecret(
  item: string,
  { env, files }: VariableSources,
): Entry {
  const { name, variable } = parseSecret(item);
  // As $(cat file) does it.
  const fromFile = files[fileVariable(variable)]?.replace(/[\r\n]+$/, "");
  const value = fromFile ?? env[variable] ?? "";
  if (value.length >= MIN_SECRET_LENGTH) {
    return [name, { value, isSecret: true }];
  }
  throw new ConfigError(
    "invalid_setting",
    `Cannot use the secret "${name}" as its value has fewer than ` +
      `${MIN_SECRET_LENGTH} characters`,
    {
      hint: "so short a value cannot be kept out of the output; use a longer " +
        "one, or --var if it is no secret",
    },
  );
}

/** Names in the environment are in capitals by custom, those in SQL are not. */
function variablesOfEnvironment(
  { values, env }: VariableSources,
): readonly Entry[] {
  const prefix = values.varsFromEnv;
  if (prefix === undefined) return [];
  const origins = new Map<string, string>();
  const entries: Entry[] = [];
  for (const [variable, value] of Object.entries(env)) {
    if (!variable.startsWith(prefix) || value === undefined) continue;
    const name = variable.slice(prefix.length).toLowerCase();
    if (!isVariableName(name)) continue;
    const earlier = origins.get(name);
    if (earlier !== undefined) throw sameName(name, earlier, variable);
    origins.set(name, variable);
    entries.push([name, { value, isSecret: false }]);
  }
  return entries;
}

function requireText(name: string, value: string): void {
  if (!value.includes("\0")) return;
  throw new ConfigError(
    "invalid_setting",
    `Cannot use the variable "${name}" as there is a NUL byte in its value`,
    { hint: "remove the byte" },
  );
}

function secretNotSet(name: string): ConfigError {
  return new ConfigError(
    "invalid_setting",
    `Cannot use the secret "${name}" as the variable that holds it is not set`,
    {
      hint: "set the variable that --secret-var names, or the same name with " +
        "_FILE at its end",
    },
  );
}

function givenTwice(name: string): ConfigError {
  return new ConfigError(
    "invalid_setting",
    `Cannot use the variable "${name}" as both --var and --secret-var give it`,
    { hint: "remove one of the two" },
  );
}

function sameName(name: string, one: string, other: string): ConfigError {
  return new ConfigError(
    "invalid_setting",
    `Cannot use the variable "${name}" as both "${showName(one)}" and "${
      showName(other)
    }" stand for it`,
    { hint: "unset one of the two" },
  );
}
