import type { Finding } from "../../core/finding.ts";
import {
  compareSchemas,
  type SchemaDifference,
  type SchemaState,
} from "../../core/schema/compare_schemas.ts";
import { describeDifference } from "../../core/schema/drift_report.ts";
import type { WrittenMigration } from "../../core/schema/drift_report.ts";
import type { SchemaGraph } from "../../core/schema/order_objects.ts";
import { labelOfObject } from "../../core/schema/schema_object.ts";
import {
  writeChanges,
  type WrittenChanges,
} from "../../core/schema_changes/write_changes.ts";
import { renderChanges } from "../../core/schema_changes/render_changes.ts";
import { isOnlyOrder } from "../../core/rehearsal/judge_rehearsal.ts";
import { ExecutionError } from "../../errors.ts";
import { readAuthor } from "../author.ts";
import { createMigration } from "../create_migration.ts";
import { loadMigrations } from "../migration_files.ts";
import { PostgresError } from "../postgres/postgres_error.ts";
import type { Target } from "../postgres/target.ts";
import type { Stage } from "../rehearsal/stage.ts";

/** What differs, and where it can be tried. */
export interface MigrationBasis {
  /** The migration as the user calls it, such as `take over the index`. */
  readonly name: string;
  readonly target: Target;
  /** With the schema that the files make. */
  readonly stage: Stage;
  readonly live: SchemaGraph;
  readonly serverVersion: number;
  readonly differences: readonly SchemaDifference[];
  readonly ignore: readonly string[];
}

/** What was written, and what has to be done by hand. */
export interface WrittenFiles {
  readonly written: WrittenMigration;
  readonly findings: readonly Finding[];
  readonly warnings: readonly Finding[];
}

/**
 * Writes a migration and its rollback for the differences, both of which were
 * run in the throwaway database before.
 *
 * @throws {ExecutionError} If the server refuses a statement of them.
 */
export async function writeMigration(
  basis: MigrationBasis,
): Promise<WrittenFiles> {
  const { stage, live, differences, ignore, serverVersion } = basis;
  const files = await stage.readGraph();
  const role = await stage.readRole();
  const labels = new Set(differences.map(labelOfDifference));
  const toLive = writeChanges({ before: files, after: live, labels, role });
  const toFiles = writeChanges({ before: live, after: files, labels, role });
  const made = { objects: [...files.objects.values()], serverVersion };
  const found = { objects: [...live.objects.values()], serverVersion };
  const missing = await tryChanges(stage, toLive, { expected: found, ignore });
  const kept = await tryChanges(stage, toFiles, { expected: made, ignore });
  const written = await writeFiles(basis, { toLive, toFiles });
  return {
    written,
    findings: [
      ...findingsOf("migration", toLive, missing),
      ...findingsOf(
        "rollback",
        toFiles,
        kept.filter((one) => !isOnlyOrder(one)),
      ),
    ],
    warnings: [
      ...kept.filter(isOnlyOrder).map(anotherOrder),
      ...toLive.lost.map((what) => dataLost("migration", what)),
      ...toFiles.lost.map((what) => dataLost("rollback", what)),
    ],
  };
}

function labelOfDifference({ kind, name }: SchemaDifference): string {
  return labelOfObject({ kind, name, parts: {} });
}

/** Runs the statements, and says what is different from what it should be. */
async function tryChanges(
  stage: Stage,
  { blocks }: WrittenChanges,
  { expected, ignore }: {
    readonly expected: SchemaState;
    readonly ignore: readonly string[];
  },
): Promise<readonly SchemaDifference[]> {
  await stage.inTransaction(async (run) => {
    for (const { label, statements } of blocks) {
      try {
        await run(
          `SET LOCAL check_function_bodies = off; ${statements.join("\n")}`,
        );
      } catch (error) {
        throw error instanceof PostgresError ? refused(label, error) : error;
      }
    }
  });
  return compareSchemas(expected, await stage.read(), ignore).differences;
}

function refused(
  label: string,
  { fields }: PostgresError,
): ExecutionError {
  return new ExecutionError(
    "statement_failed",
    `Cannot write a migration for the ${label} as the server refused it: ` +
      fields.message,
    {
      remains: "nothing",
      hint: "leave it out with --ignore-objects and write its migration by " +
        "hand",
      server: fields,
    },
  );
}

async function writeFiles(
  { target: { settings }, name }: MigrationBasis,
  { toLive, toFiles }: {
    readonly toLive: WrittenChanges;
    readonly toFiles: WrittenChanges;
  },
): Promise<WrittenMigration> {
  const { migrationsDir, cwd, ignore, env } = settings;
  const { version, paths } = createMigration({
    dir: migrationsDir,
    cwd,
    name,
    author: await readAuthor({ cwd, env }),
    now: new Date(),
    loaded: await loadMigrations(migrationsDir, { ignore, cwd }),
    texts: (values) => ({
      up: renderChanges(toLive, values),
      down: renderChanges(toFiles, values),
    }),
  });
  return { version, ...paths };
}

function anotherOrder({ kind, name }: SchemaDifference): Finding {
  return {
    severity: "warning",
    code: "order_not_restored",
    message: `The rollback leaves the ${kind} ${name} in another order`,
  };
}

function dataLost(script: Script, what: string): Finding {
  return {
    severity: "warning",
    code: "data_lost",
    message: `The ${script} drops the ${what} with its data`,
    hint: "where it was only renamed, write that in place of it",
  };
}

type Script = "migration" | "rollback";

/** What is known to be missing is not told again. */
function findingsOf(
  script: Script,
  { unwritten }: WrittenChanges,
  left: readonly SchemaDifference[],
): readonly Finding[] {
  const known = new Set(unwritten.map(({ label }) => label));
  const messages = [
    ...unwritten.map(({ label, reason }) =>
      `The ${script} leaves the ${label} to you: ${reason}`
    ),
    ...left.filter((one) => !known.has(labelOfDifference(one)))
      .map((one) => `After the ${script}: ${describeDifference(one)}`),
  ];
  return messages.map((message) => ({
    severity: "error",
    code: "not_written",
    message,
    hint: "change it by hand in the files that were written",
  }));
}
