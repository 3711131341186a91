import { readdirSync } from "node:fs";
import { resolve } from "node:path";

/** Where projects have their migrations, besides in `migrations/`. */
const LIKELY_FOLDERS = [
  "db/migrations",
  "db/migration",
  "db/migrate",
  "database/migrations",
  "sql/migrations",
  "src/migrations",
  "src/db/migrations",
  "src/main/resources/db/migration",
  "supabase/migrations",
  "sql",
];

/** A folder that usually has migrations, and does have SQL files here. */
export function findLikelyFolder(cwd: string): string | undefined {
  return LIKELY_FOLDERS.find((folder) => hasSqlFiles(resolve(cwd, folder)));
}

function hasSqlFiles(path: string): boolean {
  try {
    return readdirSync(path).some((name) => name.endsWith(".sql"));
  } catch {
    // It is not there, or nothing to be named.
    return false;
  }
}
