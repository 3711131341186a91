import { backup } from "./backup.ts";
import { adopt } from "./adopt.ts";
import { baseline } from "./baseline.ts";
import type { Command } from "./command.ts";
import { completions } from "./completions.ts";
import { config } from "./config.ts";
import { create } from "./create.ts";
import { doctor } from "./doctor.ts";
import { drift } from "./drift.ts";
import { rehearse } from "./rehearse.ts";
import { help } from "./help.ts";
import { history } from "./history.ts";
import { init } from "./init.ts";
import { lint } from "./lint.ts";
import { migrate } from "./migrate.ts";
import { plan } from "./plan.ts";
import { repair } from "./repair.ts";
import { restore } from "./restore.ts";
import { rollback } from "./rollback.ts";
import { schemaDump } from "./schema_dump.ts";
import { sqlSplit } from "./sql_split.ts";
import { status } from "./status.ts";
import { testDb } from "./test_db.ts";
import { unlock } from "./unlock.ts";
import { verify } from "./verify.ts";
import { version } from "./version.ts";

/** Every command, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  init,
  plan,
  migrate,
  rollback,
  status,
  history,
  unlock,
  doctor,
  verify,
  drift,
  rehearse,
  testDb,
  repair,
  backup,
  restore,
  adopt,
  baseline,
  create,
  lint,
  schemaDump,
  sqlSplit,
  completions,
  config,
  version,
  help,
];

/** The first command among words of which others may be flags and values. */
export function findCommand(words: readonly string[]): Command | undefined {
  for (const start of words.keys()) {
    const found = COMMANDS.find(({ name }) =>
      name.split(" ").every((word, index) => words[start + index] === word)
    );
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The commands whose first word of several this is. */
export function commandsOfGroup(word: string): readonly Command[] {
  return COMMANDS.filter(({ name }) => name.startsWith(`${word} `));
}
