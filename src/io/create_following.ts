import { basename } from "node:path";
import type { Fix } from "../core/lint/fix_statement.ts";
import type { LintFile } from "../core/lint/rule.ts";
import type { RunSettings } from "../core/run_settings.ts";
import type { TemplateValues } from "../core/template.ts";
import { readAuthor } from "./author.ts";
import { createMigration } from "./create_migration.ts";
import { loadMigrations } from "./migration_files.ts";

/** What follows a fixed statement, in a migration of its own. */
export type Following = NonNullable<Fix["later"]>;

/** Writes a migration, with its rollback, behind all others; their paths. */
export async function createFollowing(
  { path }: LintFile,
  later: readonly Following[],
  settings: RunSettings,
): Promise<readonly string[]> {
  const { migrationsDir, cwd, ignore, env } = settings;
  const first = basename(path);
  const words = first.replace(/^[0-9]+_|\.sql$/g, "").replaceAll("_", " ");
  const { paths } = createMigration({
    dir: migrationsDir,
    cwd,
    name: `validate ${words}`,
    author: await readAuthor({ cwd, env }),
    now: new Date(),
    loaded: await loadMigrations(migrationsDir, { ignore, cwd }),
    texts: (values) => {
      const header = headerOf(values, first);
      return {
        up: `${header}\n${later.map(({ up }) => `${up}\n`).join("")}`,
        down: `${header}\n${
          later.toReversed().map(({ down }) => `${down}\n`).join("")
        }`,
      };
    },
  });
  return [paths.up, paths.down];
}

function headerOf(values: TemplateValues, first: string): string {
  return `-- Description: Checks the rows for what ${first} has added
-- Author: ${values.author}
-- Created: ${values.date}
-- Dependencies: ${first}
`;
}
