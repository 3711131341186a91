import { chooseProgram, type PgProgramSearch } from "../backup/pg_program.ts";
import { ok, type Verdict, warning } from "./verdict.ts";

/** Whether a backup of this server could be made from here. */
export function judgePgDump(
  { found, unusable }: PgProgramSearch,
  serverMajor: number | undefined,
): Verdict {
  const chosen = chooseProgram(found, serverMajor ?? 0);
  if (chosen === undefined) {
    return unusable.length === 0
      ? warning("there is none, so no backup can be made with it", {
        advice: "install the client programs of PostgreSQL, or make backups " +
          "with --backup-method copy",
      })
      : warning("there is one that cannot be used", {
        details: unusable,
        advice: "install the client programs of PostgreSQL, or name a " +
          "pg_dump with --pg-dump",
      });
  }
  const name = `${chosen.version}, ${chosen.path}`;
  if (serverMajor !== undefined && chosen.major < serverMajor) {
    return warning(`${name}, is older than the server`, {
      details: ["pg_dump refuses a server that is newer than itself"],
      advice: `install the client programs of PostgreSQL ${serverMajor}`,
    });
  }
  return ok(name);
}
