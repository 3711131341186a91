import { Buffer } from "node:buffer";
import type {
  CopyManifest,
  CopyMember,
  CopySequence,
  CopyTable,
} from "../../../core/backup/copy_manifest.ts";
import {
  COPY_FORMAT,
  MANIFEST_NAME,
} from "../../../core/backup/copy_manifest.ts";
import type { PlannedTable } from "../../../core/backup/copy_plan.ts";
import {
  copySql,
  dataFolder,
  writeCopyScripts,
} from "../../../core/backup/copy_scripts.ts";
import { VERSION } from "../../../core/version.ts";
import type { Connection } from "../../postgres/connection.ts";
import { throwIfStopped } from "../../postgres/stop.ts";
import type { Target } from "../../postgres/target.ts";
import { type CopySnapshot, withSnapshot } from "./copy_snapshot.ts";
import type { CopySource, CopyWish } from "./read_copy_source.ts";
import { stoppable } from "./stoppable.ts";
import { type TarWriter, writeTar } from "./tar_file.ts";

/** How a copy is made. */
export interface CopyRun {
  readonly wish: CopyWish;
  readonly planned: CopySource;
  readonly signal: AbortSignal | undefined;
}

/**
 * Copies tables and what makes them to a tar archive, as they are at one
 * moment, through the connection, which must be in no transaction.
 *
 * @throws {ExecutionError} If something could not be brought back, or fails.
 */
export async function writeCopy(
  target: Target,
  connection: Connection,
  { path, ...run }: CopyRun & { readonly path: string },
): Promise<void> {
  const { lockRetryMs: lockWaitMs } = target.settings;
  const { signal } = run;
  const words = {
    code: "backup_failed",
    action: "Cannot make a backup",
  } as const;
  await stoppable(
    connection,
    { signal, ...words },
    () =>
      withSnapshot(connection, { ...run, lockWaitMs }, async (snapshot) => {
        await using tar = await writeTar(path);
        await writeArchive({ target, connection, signal, tar }, snapshot);
        await tar.finish();
      }),
  );
}

interface Archive {
  readonly target: Target;
  readonly connection: Connection;
  readonly signal: AbortSignal | undefined;
  readonly tar: TarWriter;
}

async function writeArchive(
  archive: Archive,
  snapshot: CopySnapshot,
): Promise<void> {
  const { target: { names }, tar } = archive;
  const { source, ...head } = snapshot;
  const tables: CopyTable[] = [];
  for (const [place, table] of source.tables.entries()) {
    throwIfStopped(archive.signal);
    const folder = dataFolder(place);
    tables.push(
      await writeTable(archive, table, {
        folder,
        encoding: head.encoding,
      }),
    );
  }
  const manifest: Omit<CopyManifest, "scripts"> = {
    format: COPY_FORMAT,
    tool: VERSION,
    ...head,
    tracking: { table: names.table, log: names.log },
    objects: source.objects,
    steps: source.steps,
    tables,
    sequences: await readSequences(archive.connection, source.sequences),
    publications: source.publications,
  };
  const scripts: CopyMember[] = [];
  for (const [name, sql] of writeCopyScripts(manifest)) {
    scripts.push(await tar.add(name, Buffer.from(sql)));
  }
  const text = JSON.stringify({ ...manifest, scripts }, undefined, 1);
  await tar.add(MANIFEST_NAME, Buffer.from(text));
}

/** In pieces, as the size of a file must be known before it is written. */
async function writeTable(
  { connection, signal, tar }: Archive,
  table: PlannedTable,
  { folder, encoding }: { readonly folder: string; readonly encoding: string },
): Promise<CopyTable> {
  const members: CopyMember[] = [];
  let chunks: Uint8Array[] = [];
  let size = 0;
  async function flush(): Promise<void> {
    if (size === 0) return;
    const bytes = Buffer.concat(chunks, size);
    chunks = [];
    size = 0;
    const number = String(members.length + 1).padStart(8, "0");
    members.push(await tar.add(`${folder}/${number}.copy`, bytes));
  }
  const { rowCount = 0 } = await connection.copyOut(
    copySql(table, "TO STDOUT", encoding),
    async (chunk) => {
      throwIfStopped(signal);
      chunks.push(chunk);
      size += chunk.length;
      if (size >= PIECE_BYTES) await flush();
    },
  );
  await flush();
  return { ...table, rows: rowCount, members };
}

const PIECE_BYTES = 8 * 1024 * 1024;

async function readSequences(
  connection: Connection,
  sequences: CopySnapshot["source"]["sequences"],
): Promise<readonly CopySequence[]> {
  if (sequences.length === 0) return [];
  const answers = await connection.run(
    sequences.map(({ name }) => `SELECT last_value, is_called FROM ${name}`)
      .join("; "),
  );
  return sequences.map((sequence, place) => {
    const [value = "1", isCalled] = answers[place]?.rows[0] ?? [];
    return { ...sequence, value, isCalled: isCalled === "t" };
  });
}
