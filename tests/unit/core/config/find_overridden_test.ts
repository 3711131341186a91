import { deepEqual, equal } from "node:assert/strict";
import type { ConfigSection } from "../../../../src/core/config/config_file.ts";
import { findOverridden } from "../../../../src/core/config/find_overridden.ts";
import type { Origin } from "../../../../src/core/config/resolve.ts";
import { configOf } from "./config_sample.ts";

const FILE = configOf(
  'database_url = "x"\n[env.a]\ndatabase_url = "y"\n[env.b]\n',
);

function warningsOf(
  environment: string | undefined,
  origin: Origin,
): readonly string[] {
  const section: ConfigSection | undefined = environment === undefined
    ? undefined
    : FILE.environments.get(environment);
  return findOverridden(section, new Map([["databaseUrl", origin]]))
    .map(({ message, location }) => `${location?.line}: ${message}`);
}

const VARIABLE = { kind: "variable", name: "DATABASE_URL" } as const;

Deno.test("findOverridden() warns of a variable that wins over the environment", () => {
  deepEqual(warningsOf("a", VARIABLE), [
    '3: The database of the environment "a" is not used as the variable "DATABASE_URL" is set',
  ]);
});

Deno.test("findOverridden() is silent about a flag, and where nothing is hidden", () => {
  equal(warningsOf("a", { kind: "flag", name: "--database-url" }).length, 0);
  equal(warningsOf("b", VARIABLE).length, 0);
  equal(warningsOf(undefined, VARIABLE).length, 0);
});
