import { DESTRUCTIVE_CODE } from "../../core/backup/loss_words.ts";
import type {
  LossAnswer,
  LossCandidate,
} from "../../core/backup/weigh_losses.ts";
import { quoteLiteral } from "../../core/sql/quote.ts";
import type { Connection } from "./connection.ts";
import { rowsOf } from "./history_store.ts";
import { isLockTimeout, PostgresError } from "./postgres_error.ts";
import filledTablesSql from "./sql/read_filled_tables.sql" with {
  type: "text",
};
import lossesSql from "./sql/read_losses.sql" with { type: "text" };
import { fillIn, type TrackingNames } from "./tracking_sql.ts";

/**
 * What the catalogs say of what a plan may destroy; undefined when a table is
 * locked, so that nobody can say.
 */
export async function readLosses(
  connection: Connection,
  candidates: readonly LossCandidate[],
): Promise<ReadonlyMap<number, LossAnswer> | undefined> {
  const known = candidates.filter(({ target }) => target.kind !== "unparsed");
  const targets = known.map(({ id, target }) => ({
    ...target,
    id,
    ...("name" in target && target.name),
  }));
  const rows = await look(
    connection,
    fillIn(lossesSql, {
      targets: quoteLiteral(JSON.stringify(targets)),
      code: quoteLiteral(DESTRUCTIVE_CODE),
    }),
  );
  if (rows === undefined) return undefined;
  const answers = new Map<number, LossAnswer>(
    rows.map(({ id, is_found, lost, touched, runs_code }) => [Number(id), {
      isFound: is_found === "t",
      lost: JSON.parse(lost ?? "[]"),
      touched: JSON.parse(touched ?? "[]"),
      runsCode: runs_code === "t",
    }]),
  );
  for (const { id, target } of candidates) {
    if (target.kind !== "unparsed") continue;
    const isFound = await isKnownToServer(connection, target.sql);
    // What cannot be read here may do anything.
    answers.set(id, { isFound, lost: [], runsCode: isFound });
  }
  return answers;
}

/**
 * Whether the server can parse a statement, which it does not run: it parses
 * all of a message before it runs the first statement of it, which fails.
 */
async function isKnownToServer(
  connection: Connection,
  sql: string,
): Promise<boolean> {
  try {
    await connection.run(`SELECT 1/0;\n${sql}`);
    return true;
  } catch (error) {
    if (!(error instanceof PostgresError)) throw error;
    return error.fields.sqlstate !== SYNTAX_ERROR;
  }
}

const SYNTAX_ERROR = "42601";

/** Tables with data, but for the tracking tables; undefined as above. */
export async function readFilledTables(
  connection: Connection,
  names: TrackingNames,
): Promise<readonly string[] | undefined> {
  const own = [names.table, names.log, names.rollbacks, names.snapshots]
    .map(quoteLiteral);
  const rows = await look(
    connection,
    fillIn(filledTablesSql, { own_tables: own.join(", ") }),
  );
  return rows?.map(({ name = "" }) => name);
}

/** To ask for the size of a table waits for whoever has locked it. */
async function look(
  connection: Connection,
  sql: string,
): Promise<ReturnType<typeof rowsOf> | undefined> {
  try {
    const answers = await connection.run(
      `BEGIN READ ONLY; SET LOCAL lock_timeout = 5000; ${sql}; COMMIT`,
      { maxRows: Infinity },
    );
    return rowsOf(answers.slice(0, -1));
  } catch (error) {
    await connection.run("ROLLBACK");
    if (isLockTimeout(error)) return undefined;
    throw error;
  }
}
