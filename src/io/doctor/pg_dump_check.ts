import { judgePgDump } from "../../core/doctor/judge_pg_dump.ts";
import { ok } from "../../core/doctor/verdict.ts";
import { findPrograms } from "../backup/pg_programs.ts";
import type { DoctorCheck } from "./examination.ts";

/** Whether a backup could be made from here. */
export const pgDump: DoctorCheck = {
  name: "pg_dump",
  needs: "nothing",
  async run({ target, serverMajor }) {
    if (target.settings.backupMethod === "copy") {
      return ok("not needed, as backups are made with COPY");
    }
    return judgePgDump(
      await findPrograms("pg_dump", target.settings),
      serverMajor,
    );
  },
};
