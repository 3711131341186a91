import { LockstepError } from "../../src/errors.ts";
import { loadMigrations } from "../../src/io/migration_files.ts";

/** Prints what loading a folder finds, for tests in a process of their own. */
const [dir = "", cwd = ""] = Deno.args;
try {
  const { findings } = await loadMigrations(dir, { cwd });
  for (const { code, location, message } of findings) {
    console.log(`${code} ${location?.path}: ${message}`);
  }
} catch (error) {
  if (!(error instanceof LockstepError)) throw error;
  console.log(`${error.code} ${error.message}`);
}
