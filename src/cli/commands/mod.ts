import type { Command } from "./command.ts";
import { create } from "./create.ts";
import { help } from "./help.ts";
import { init } from "./init.ts";
import { migrate } from "./migrate.ts";
import { rollback } from "./rollback.ts";
import { status } from "./status.ts";
import { version } from "./version.ts";

/** Every command, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  init,
  migrate,
  rollback,
  status,
  create,
  version,
  help,
];
