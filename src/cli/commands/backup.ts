import { UsageError } from "../../errors.ts";
import { type Command, type Flags, flagText } from "./command.ts";

/** Makes a backup of the database. */
export const backup: Command = {
  name: "backup",
  summary: "Make a backup of the database",
  help:
    `Makes a backup with pg_dump, in its custom format, of the whole database, or of the schemas that are named. It goes into the folder --backup-dir, which only its owner may enter when it is made here, under a name with the database, the time in UTC and the start of the run id.

It looks for a pg_dump of the server's version, or a newer one, in PATH and where PostgreSQL is usually installed; --pg-dump names one. pg_dump connects to the same server as lockstep, past the pooler with --direct-url, and gets the password in its environment only. The file has a temporary name until pg_restore has read it and it is on the disk. Its SHA-256 and size are written to the log of the migrations, to a file beside it, and to the output, with the command that restores it.

With --backup-method copy it needs no pg_dump: it reads the database in one transaction, with COPY, and writes a tar archive with the statements that make everything, the rows, and the SHA-256 of each part. What that could not bring back, such as a user mapping or a large object, stops it by name. It works through a pooler, too.

"migrate" and "rollback" do the same before they change anything, as --backup says.

It takes no lock and changes nothing but the log. A backup that fails or is interrupted leaves no file.`,
  arguments: [],
  flags: [{
    name: "schema",
    placeholder: "names",
    summary: "Back up only these schemas, separated by commas",
  }],
  examples: [
    { command: "lockstep backup", summary: "Back up the whole database" },
    {
      command: "lockstep backup --schema app,audit",
      summary: "Back up two schemas",
    },
    {
      command: "lockstep backup --backup-method copy",
      summary: "Do without pg_dump",
    },
    {
      command: "lockstep backup --backup-dir /var/backups --json",
      summary: "Take path and checksum to a program",
    },
  ],
  exits: ["failed", "connection", "interrupted", "terminated"],
  async run(context) {
    const schemas = readSchemas(context.flags);
    const manager = await context.manager();
    return await manager.createBackup({ schemas });
  },
};

function readSchemas(flags: Flags): readonly string[] {
  const text = flagText(flags, "schema");
  if (text === undefined) return [];
  const names = text.split(",").map((name) => name.trim());
  if (!names.includes("")) return names;
  throw new UsageError(
    "invalid_argument",
    'Cannot use the value of "--schema" as one of its names is empty',
    { hint: "name schemas, such as --schema app,audit" },
  );
}
