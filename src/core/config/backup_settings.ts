import type { SettingRow } from "./setting_row.ts";

/** The settings of backups. */
export const BACKUP_SETTINGS = [
  {
    name: "backup",
    type: "choice",
    flag: "backup",
    placeholder: "when",
    variables: ["LOCKSTEP_BACKUP"],
    default: "auto",
    choices: ["auto", "always", "never"],
    doc:
      "Whether migrate and rollback make a backup before they change anything: auto where they would destroy data, always, or never; repair makes one with always.",
  },
  {
    name: "backupMethod",
    type: "choice",
    flag: "backup-method",
    placeholder: "method",
    variables: ["LOCKSTEP_BACKUP_METHOD"],
    default: "pg_dump",
    choices: ["pg_dump", "copy"],
    doc:
      "How backups are made: by pg_dump, or by lockstep itself with COPY, which needs no other program; before a run that then has only the tables it destroys data of.",
  },
  {
    name: "backupDir",
    type: "path",
    flag: "backup-dir",
    placeholder: "folder",
    variables: ["LOCKSTEP_BACKUP_DIR"],
    default: "backups",
    doc: "The folder for backups, made when it is not there.",
  },
  {
    name: "pgDump",
    type: "path",
    flag: "pg-dump",
    placeholder: "path",
    variables: ["LOCKSTEP_PG_DUMP"],
    doc:
      "The pg_dump to make backups with, beside a pg_restore. Without it, PATH and the usual folders are searched for those of the server's version.",
  },
] as const satisfies readonly SettingRow[];
