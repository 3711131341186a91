import { ConfigError, type SourceLocation } from "../../errors.ts";
import { showName } from "../display.ts";
import { isVariableName } from "../sql/variables.ts";
import type { ConfigSection } from "./config_file.ts";
import type { Origin, SettingSources } from "./resolve.ts";
import {
  fileVariable,
  type SettingName,
  type SettingValues,
} from "./settings.ts";

/** Where the variables of scripts are declared. */
export interface VariableDeclarations {
  readonly values: Pick<SettingValues, "vars" | "secretVars" | "varsFromEnv">;
  readonly env: SettingSources["env"];
  /** The parts of the configuration file that count, strongest first. */
  readonly sections?: readonly ConfigSection[];
  /** Where the values come from; flags when absent. */
  readonly origins?: ReadonlyMap<SettingName, Origin>;
  /**
   * `optional` leaves secrets of the configuration file out whose value is
   * nowhere, for commands that need no variables.
   */
  readonly secrets?: "optional";
}

/** A variable before its value is read. */
export type DeclaredVariable =
  & { readonly name: string; readonly origin: Origin }
  & (
    | { readonly kind: "plain"; readonly value: string }
    /** The variable of the environment that holds the value. */
    | { readonly kind: "secret"; readonly variable: string }
  );

/**
 * The variables of a run by name: those of the configuration file, then those
 * of the environment, then those of flags, which win. Throws `invalid_setting`
 * for what cannot be one, or is declared twice in the same place.
 */
export function declareVariables(
  declarations: VariableDeclarations,
): ReadonlyMap<string, DeclaredVariable> {
  const sections = [...declarations.sections ?? []].reverse();
  const all = [
    ...sections.flatMap(variablesOfSection),
    ...variablesOfEnvironment(declarations),
    ...variablesOfFlags(declarations),
  ];
  const declared = new Map(all.map((variable) => [variable.name, variable]));
  if (declarations.secrets !== "optional") return declared;
  const { env } = declarations;
  return new Map([...declared].filter(([, one]) => !isOptional(one, env)));
}

function isOptional(
  declared: DeclaredVariable,
  env: SettingSources["env"],
): boolean {
  if (declared.kind !== "secret" || declared.origin.kind !== "file") {
    return false;
  }
  const { variable } = declared;
  return !env[variable] && !env[fileVariable(variable)];
}

function variablesOfSection(
  { vars, secretVars, environment }: ConfigSection,
): readonly DeclaredVariable[] {
  const origin = (name: string, location: SourceLocation): Origin => ({
    kind: "file",
    name,
    ...(environment === undefined ? {} : { environment }),
    location,
  });
  const plain = vars.map(({ name, value, location }) => ({
    kind: "plain" as const,
    name,
    value,
    origin: origin("vars", location),
  }));
  const secret = secretVars.map(({ name, value, location }) => {
    if (vars.some((other) => other.name === name)) {
      throw givenTwice(name, ["vars", "secret_vars"], location);
    }
    return {
      kind: "secret" as const,
      name,
      variable: value,
      origin: origin("secret_vars", location),
    };
  });
  return [...plain, ...secret];
}

/** Names in the environment are in capitals by custom, those in SQL are not. */
function variablesOfEnvironment(
  { values, env }: VariableDeclarations,
): readonly DeclaredVariable[] {
  const prefix = values.varsFromEnv;
  if (prefix === undefined) return [];
  const origins = new Map<string, string>();
  const variables: DeclaredVariable[] = [];
  for (const [variable, value] of Object.entries(env)) {
    if (!variable.startsWith(prefix) || value === undefined) continue;
    const name = variable.slice(prefix.length).toLowerCase();
    if (!isVariableName(name)) continue;
    const earlier = origins.get(name);
    if (earlier !== undefined) throw sameName(name, earlier, variable);
    origins.set(name, variable);
    const origin = { kind: "variable", name: variable } as const;
    variables.push({ kind: "plain", name, value, origin });
  }
  return variables;
}

function variablesOfFlags(
  { values, origins }: VariableDeclarations,
): readonly DeclaredVariable[] {
  const plain = values.vars.map(parsePlain);
  const origin = origins?.get("secretVars") ?? SECRET_FLAG;
  const secret = values.secretVars.map((item): DeclaredVariable => {
    const { name, variable } = parseSecret(item);
    if (plain.some((other) => other.name === name)) {
      throw givenTwice(name, ["--var", "--secret-var"]);
    }
    return { kind: "secret", name, variable, origin };
  });
  return [...plain, ...secret];
}

const SECRET_FLAG: Origin = { kind: "flag", name: "--secret-var" };

function parsePlain(item: string): DeclaredVariable {
  const [, name = "", value = ""] = /^([^=]*)=(.*)$/s.exec(item) ?? [];
  const origin = { kind: "flag", name: "--var" } as const;
  if (isVariableName(name)) return { kind: "plain", name, value, origin };
  throw new ConfigError(
    "invalid_setting",
    // Without "=" it may be the value alone, which is not shown.
    item.includes("=")
      ? `Cannot use "--var" as "${showName(name)}" is no name of a variable`
      : 'Cannot use "--var" as its value is no name=value',
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

function givenTwice(
  name: string,
  [one, other]: readonly [string, string],
  location?: SourceLocation,
): ConfigError {
  return new ConfigError(
    "invalid_setting",
    `Cannot use the variable "${name}" as both ${one} and ${other} give it`,
    {
      hint: "remove one of the two",
      ...(location === undefined ? {} : { location }),
    },
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
