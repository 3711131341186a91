import { createHash } from "node:crypto";
import type {
  CopyManifest,
  CopyStep,
  CopyTable,
} from "../../../core/backup/copy_manifest.ts";
import {
  planRestore,
  type RestorePlan,
} from "../../../core/backup/copy_restore_plan.ts";
import {
  copySql,
  RESTORE_SETTINGS,
  sqlOfStep,
  VALUE_SETTINGS,
} from "../../../core/backup/copy_scripts.ts";
import { labelOfObject } from "../../../core/schema/schema_object.ts";
import { showName } from "../../../core/display.ts";
import type { Connection } from "../../postgres/connection.ts";
import { beginSql } from "../../postgres/session.ts";
import { throwIfStopped } from "../../postgres/stop.ts";
import { trackingNames } from "../../postgres/tracking_sql.ts";
import { readSchemaGraph } from "../../schema/read_schema.ts";
import { backupError } from "../backup_error.ts";
import { copyFailure } from "./copy_failure.ts";
import { withoutDefaultPrivileges } from "./default_privileges.ts";
import { stoppable } from "./stoppable.ts";
import { readTar, type TarEntry } from "./tar_file.ts";

/** A backup that is to be brought back. */
export interface CopyToLoad {
  /** As it was named. */
  readonly path: string;
  readonly fullPath: string;
  readonly manifest: CopyManifest;
  readonly signal: AbortSignal | undefined;
}

/**
 * Brings a backup back in one transaction, through a connection that is in
 * none.
 *
 * @throws {ExecutionError} If it cannot; then nothing has changed.
 */
export async function loadCopy(
  connection: Connection,
  copy: CopyToLoad,
): Promise<void> {
  const { signal } = copy;
  const action = `Cannot restore "${showName(copy.path)}"`;
  const code = "restore_failed";
  await stoppable(connection, { signal, code, action }, async () => {
    try {
      const current = await readSchemaGraph(connection, NOT_TRACKED);
      const plan = planRestore(copy.manifest, current);
      requirePossible(plan, action);
      await connection.run(beginText(connection));
      await connection.run(plan.drops.join("\n"));
      await withoutDefaultPrivileges(
        connection,
        () => runSteps(connection, { ...copy, action }, plan),
      );
      throwIfStopped(signal);
      await connection.run("COMMIT");
    } catch (error) {
      // A lost connection has no transaction.
      await connection.run("ROLLBACK").catch(() => {});
      throw error;
    }
  });
}

/** The tracking tables come back like all others. */
const NOT_TRACKED = trackingNames("pg_catalog.none");

function requirePossible(plan: RestorePlan, action: string): void {
  if (plan.missing.length > 0) {
    throw backupError(
      "restore_failed",
      `${action} as what it needs is neither in it nor in the database: ` +
        listed(plan.missing),
      {
        hint: "restore it into the database that it was made of, or bring " +
          "that back first",
      },
    );
  }
  if (plan.inTheWay.length === 0) return;
  throw backupError(
    "restore_failed",
    `${action} as other objects depend on what it replaces: ` +
      listed(plan.inTheWay),
    {
      hint: "something that was made since the backup stands in the way: " +
        "drop it, or restore into another database with --into",
    },
  );
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, MAX_NAMES).map(showName).join(", ");
  const rest = names.length - MAX_NAMES;
  return rest > 0 ? `${shown} and ${rest} more` : shown;
}

const MAX_NAMES = 10;

function beginText({ serverVersion }: Connection): string {
  return [
    `${beginSql(serverVersion, "READ WRITE")};`,
    "SET LOCAL statement_timeout = 0;",
    "SET LOCAL lock_timeout = 0;",
    ...VALUE_SETTINGS,
    ...RESTORE_SETTINGS,
  ].join(" ");
}

async function runSteps(
  connection: Connection,
  { fullPath, manifest, signal, action }: CopyToLoad & {
    readonly action: string;
  },
  { kept, publications }: RestorePlan,
): Promise<void> {
  const data = new DataReader(fullPath);
  try {
    for (const step of manifest.steps) {
      throwIfStopped(signal);
      const place = step.do === "load"
        ? manifest.tables[step.table]?.object
        : "object" in step
        ? step.object
        : undefined;
      if (place !== undefined && kept.has(place)) continue;
      const object = manifest.objects[place ?? -1];
      const at = object === undefined ? "" : ` at ${labelOfObject(object)}`;
      try {
        await runStep(connection, step, { manifest, kept, data });
      } catch (error) {
        const code = "restore_failed";
        throw copyFailure(error, { code, action: `${action}${showName(at)}` });
      }
    }
  } finally {
    await data.close();
  }
  await connection.run(publications.map(({ sql }) => sql).join("\n"));
}

async function runStep(
  connection: Connection,
  step: CopyStep,
  { manifest, kept, data }: {
    readonly manifest: CopyManifest;
    readonly kept: RestorePlan["kept"];
    readonly data: DataReader;
  },
): Promise<void> {
  const { encoding, sequences, tables } = manifest;
  if (step.do === "load") {
    const table = tables[step.table];
    if (table !== undefined) await load(connection, table, { data, encoding });
    return;
  }
  const left = sequences.filter(({ object }) => !kept.has(object ?? -1));
  await connection.run(sqlOfStep(step, { ...manifest, sequences: left }));
}

async function load(
  connection: Connection,
  table: CopyTable,
  { data, encoding }: { readonly data: DataReader; readonly encoding: string },
): Promise<void> {
  const { rowCount = 0 } = await connection.copyIn(
    copySql(table, "FROM STDIN", encoding),
    data.read(table),
  );
  if (rowCount === table.rows) return;
  throw backupError(
    "restore_failed",
    `Cannot restore "${showName(table.name)}" as ${rowCount} rows came of it ` +
      `and ${table.rows} were written`,
  );
}

/** The files of an archive, in their order, which is that of the steps. */
class DataReader {
  readonly #entries: AsyncIterator<TarEntry>;

  constructor(path: string) {
    this.#entries = readTar(path)[Symbol.asyncIterator]();
  }

  /** The data of a table. */
  async *read({ members }: CopyTable): AsyncIterable<Uint8Array> {
    for (const { name, sha256 } of members) {
      const hash = createHash("sha256");
      for await (const chunk of await this.#find(name)) {
        hash.update(chunk);
        yield chunk;
      }
      if (hash.digest("hex") === sha256) continue;
      throw backupError(
        "bad_backup",
        `Cannot restore "${showName(name)}" as it changed since it was read`,
      );
    }
  }

  async close(): Promise<void> {
    await this.#entries.return?.();
  }

  async #find(name: string): Promise<AsyncIterable<Uint8Array>> {
    while (true) {
      const { done, value } = await this.#entries.next();
      if (done === true) break;
      if (value.name === name) return value.bytes;
      // What is skipped must be read, too.
      for await (const _ of value.bytes);
    }
    throw backupError(
      "bad_backup",
      `Cannot restore as "${showName(name)}" is not in the file`,
    );
  }
}
