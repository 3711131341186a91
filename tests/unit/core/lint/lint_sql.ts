import type { Finding } from "../../../../src/core/finding.ts";
import { lintScript } from "../../../../src/core/lint/lint.ts";
import type { LintFile } from "../../../../src/core/lint/rule.ts";
import { parseMigrationHeader } from "../../../../src/core/migration_header.ts";
import { SchemaSoFar } from "../../../../src/core/lint/schema_so_far.ts";
import { readLintScript } from "../../../../src/io/lint_script.ts";

/** The codes of what the rules find in a script. */
export async function lintSql(
  sql: string,
  options: LintSqlOptions = {},
): Promise<readonly string[]> {
  return (await findIn(sql, options)).map(({ code }) => code);
}

/** What a script is linted as. */
export interface LintSqlOptions {
  readonly file?: Partial<LintFile>;
  readonly schema?: SchemaSoFar;
}

/** What the rules find in a script. */
export async function findIn(
  sql: string,
  { file, schema = new SchemaSoFar() }: LintSqlOptions = {},
): Promise<readonly Finding[]> {
  const path = "001_a.sql";
  const { header } = parseMigrationHeader(sql, {
    path,
    version: "001",
    name: "a",
    direction: "up",
  });
  const migration = { header, hasRollback: false };
  const { script, findings } = await readLintScript({
    path,
    maxStatementBytes: 1_000_000,
    async *open() {
      yield await Promise.resolve(new TextEncoder().encode(sql));
    },
  }, { path, direction: "up", migration, ...file });
  return [...findings, ...lintScript(script, schema).findings];
}
