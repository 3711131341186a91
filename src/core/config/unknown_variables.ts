import { showName } from "../display.ts";
import type { Finding } from "../finding.ts";
import { findNearest } from "../suggestion.ts";
import { fileVariable, SETTINGS } from "./settings.ts";

/**
 * A warning for each `LOCKSTEP_…` variable that nothing reads, among them
 * those whose names start like one of `used`.
 */
export function findUnknownVariables(
  env: Readonly<Record<string, string | undefined>>,
  used: readonly string[] = [],
): readonly Finding[] {
  const known = knownVariables();
  return Object.keys(env)
    .filter((name) => name.startsWith("LOCKSTEP_"))
    .filter((name) => !known.includes(name) && !OTHERS.test(name))
    .filter((name) => !used.some((start) => name.startsWith(start)))
    .sort()
    .map((name) => warn(name, known));
}

/**
 * Read by the scripts of this repository, or set by Kubernetes and Docker in
 * every container beside a service that is called lockstep.
 */
const OTHERS =
  /^LOCKSTEP_(TEST_.*|DENO_VERSION|CACHE|PORT(_.*)?|SERVICE_(HOST|PORT)(_.*)?)$/;

function knownVariables(): readonly string[] {
  return SETTINGS.flatMap((row) =>
    row.type === "secret"
      ? row.variables.flatMap((name) => [name, fileVariable(name)])
      : [...row.variables]
  );
}

function warn(name: string, known: readonly string[]): Finding {
  const nearest = findNearest(name, known);
  return {
    severity: "warning",
    code: "unknown_variable",
    message: `The variable "${showName(name)}" is no setting and has no effect`,
    ...(nearest === undefined ? {} : { hint: `rename it to "${nearest}"` }),
  };
}
