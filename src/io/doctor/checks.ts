import {
  indexes,
  partitions,
  prepared,
  settings,
  slots,
  transactions,
} from "./database_checks.ts";
import type { DoctorCheck } from "./examination.ts";
import {
  configuration,
  files,
  history,
  lock,
  log,
  tables,
} from "./history_checks.ts";
import { pgDump } from "./pg_dump_check.ts";
import {
  clock,
  connection,
  directUrl,
  pooler,
  role,
  server,
} from "./session_checks.ts";

/** Every check of `doctor`, in the order of its report. */
export const CHECKS: readonly DoctorCheck[] = [
  configuration,
  connection,
  server,
  role,
  pooler,
  directUrl,
  clock,
  settings,
  files,
  tables,
  log,
  history,
  lock,
  transactions,
  prepared,
  indexes,
  partitions,
  slots,
  pgDump,
];
