import { hash } from "node:crypto";
import type { Migration } from "../migration.ts";
import type { Variables } from "../sql/variables.ts";
import { VERSION } from "../version.ts";

/** What the schema of a test database is made from. */
export interface TemplateSource {
  readonly migrations: readonly Migration[];
  /** The tracking table. */
  readonly table: string;
  /** What `:name` stands for in the files. */
  readonly variables: Variables | undefined;
}

/**
 * The name of the template database for these migrations: the same files give
 * the same name, as long as lockstep is the same.
 */
export function templateName(source: TemplateSource): string {
  const { migrations, table, variables } = source;
  const key = JSON.stringify([
    VERSION,
    table,
    [...variables ?? []].map(([name, { value }]) => [name, value]).sort(),
    migrations.map(({ version, name, up }) => [version, name, up.checksum]),
  ]);
  return `lockstep_template_${hash("sha256", key).slice(0, 16)}`;
}
