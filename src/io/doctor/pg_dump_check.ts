import { judgePgDump } from "../../core/doctor/judge_pg_dump.ts";
import { findPgDumps } from "../pg_dump.ts";
import type { DoctorCheck } from "./examination.ts";

/** Whether a backup could be made from here. */
export const pgDump: DoctorCheck = {
  name: "pg_dump",
  needs: "nothing",
  async run({ target, serverMajor }) {
    return judgePgDump(await findPgDumps(target.settings.env), serverMajor);
  },
};
