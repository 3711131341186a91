import type { Finding } from "../core/finding.ts";
import type { History } from "../core/history.ts";
import type { Migration } from "../core/migration.ts";
import { ConfigError } from "../errors.ts";
import { toFileError } from "./file_findings.ts";
import { type LoadedMigrations, loadMigrations } from "./migration_files.ts";
import { type Connection, describeTarget } from "./postgres/connection.ts";
import { readHistory, readKeptRollbacks } from "./postgres/history_store.ts";
import { watchReader } from "./postgres/mute_connection.ts";
import type { Target } from "./postgres/target.ts";
import type { TrackingNames } from "./postgres/tracking_sql.ts";

/** What is known of a report before its end. */
export interface Draft {
  target?: string;
  warnings: readonly Finding[];
  forced: readonly Finding[];
}

/** How the files are read. */
export interface Loading<Answer> {
  readonly draft: Draft;
  readonly missingFolder: "error" | "warning";
  readonly fileErrors: "throw" | "keep";
  /** The files, where they are read already. */
  readonly files?: LoadedMigrations | undefined;
  /** What the server is asked while the files are read. */
  readonly ask: (connection: Connection) => Promise<Answer>;
}

/** An open connection and the files. */
export interface Loaded<Answer = unknown> extends AsyncDisposable {
  readonly connection: Connection;
  readonly migrations: readonly Migration[];
  readonly findings: readonly Finding[];
  /** The server may still be at it, or may have refused. */
  readonly answer: Promise<Answer>;
}

/** Reads the files while the server is connected to and asked. */
export async function connectAndLoad<Answer>(
  target: Target,
  loading: Loading<Answer>,
): Promise<Loaded<Answer>> {
  const [connected, loaded] = await Promise.allSettled([
    connectAndAsk(target, loading),
    loadFiles(target, loading),
  ]);
  if (loaded.status === "rejected") {
    if (connected.status === "fulfilled") {
      await connected.value.connection.close();
    }
    throw loaded.reason;
  }
  if (connected.status === "rejected") throw connected.reason;
  const { draft } = loading;
  const { connection, answer } = connected.value;
  draft.target = describeTarget(connection.target);
  draft.warnings = [
    ...loaded.value.findings.filter(({ severity }) => severity === "warning"),
    ...await connectionFindings(target),
  ];
  const watch = watchReader(connection, () => target.connect());
  return {
    connection,
    answer,
    ...loaded.value,
    [Symbol.asyncDispose]() {
      watch[Symbol.dispose]();
      return connection.close();
    },
  };
}

/** The history, with the down scripts that the database keeps. */
export async function readFullHistory(
  connection: Connection,
  names: TrackingNames,
): Promise<History> {
  const [history, kept] = await Promise.all([
    readHistory(connection, names),
    readKeptRollbacks(connection, names),
  ]);
  const entries = history.entries.map((entry) => {
    const keptRollback = kept.get(entry.version);
    return keptRollback === undefined ? entry : { ...entry, keptRollback };
  });
  return { ...history, entries };
}

async function connectAndAsk<Answer>(
  target: Target,
  { ask }: Loading<Answer>,
): Promise<{
  readonly connection: Connection;
  readonly answer: Promise<Answer>;
}> {
  const connection = await target.connect();
  const answer = ask(connection);
  // Whoever wants it meets the error; when a file is to blame, nobody does.
  answer.catch(() => undefined);
  return { connection, answer };
}

async function loadFiles(
  { settings }: Target,
  loading: Pick<Loading<unknown>, "missingFolder" | "fileErrors" | "files">,
): Promise<LoadedMigrations> {
  if (loading.files !== undefined) return loading.files;
  const { migrationsDir, cwd, ignore } = settings;
  try {
    const loaded = await loadMigrations(migrationsDir, { ignore, cwd });
    // Whether a dependency is there the history may know, too.
    const certain = loaded.findings.filter(({ dependency }) =>
      dependency === undefined
    );
    const error = toFileError(certain);
    if (error !== undefined && loading.fileErrors === "throw") throw error;
    return loaded;
  } catch (error) {
    const isMissing = error instanceof ConfigError &&
      error.code === "missing_directory";
    if (!isMissing || loading.missingFolder === "error") throw error;
    return { migrations: [], findings: [missingFolder(migrationsDir)] };
  }
}

function missingFolder(dir: string): Finding {
  return {
    severity: "warning",
    code: "missing_directory",
    message: `There is no folder "${dir}": down scripts come from the copies ` +
      `in the database`,
  };
}

/** What was ignored in the settings of the connection. */
export async function connectionFindings(
  target: Target,
): Promise<readonly Finding[]> {
  const messages = await target.connectionWarnings();
  return messages.map((message) => ({
    severity: "warning",
    code: "connection_setting",
    message,
  }));
}
