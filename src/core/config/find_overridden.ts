import type { Finding } from "../finding.ts";
import type { ConfigSection } from "./config_file.ts";
import type { Origin } from "./resolve.ts";
import type { SettingName } from "./settings.ts";

/**
 * A warning when the environment that was chosen names a database and a
 * variable, such as a `DATABASE_URL` left in a shell, names the one to use.
 */
export function findOverridden(
  environment: ConfigSection | undefined,
  origins: ReadonlyMap<SettingName, Origin>,
): readonly Finding[] {
  const entry = environment?.entries.get("databaseUrl");
  const origin = origins.get("databaseUrl");
  if (entry === undefined || origin?.kind !== "variable") return [];
  return [{
    severity: "warning",
    code: "overridden_setting",
    message: `The database of the environment "${environment?.environment}" ` +
      `is not used as the variable "${origin.name}" is set`,
    hint: "unset the variable to use that database",
    location: entry.location,
  }];
}
