import type { AdvancedSequence } from "../../core/dry_run/dry_run_report.ts";
import { readingSql } from "../postgres/catalog_sql.ts";
import type { Connection } from "../postgres/connection.ts";
import { PostgresError } from "../postgres/postgres_error.ts";
import sequencesSql from "../postgres/sql/read_sequences.sql" with {
  type: "text",
};

/** Where sequences stand, by their OID. */
export type SequenceValues = ReadonlyMap<string, SequenceValue>;

interface SequenceValue {
  readonly name: string;
  readonly access: "readable" | "hidden";
  /** Absent while it was never used. */
  readonly value: string | undefined;
}

/** Undefined when that cannot be read, as when one is locked. */
export async function readSequences(
  connection: Connection,
): Promise<SequenceValues | undefined> {
  try {
    const answers = await connection.run(
      `SET LOCAL lock_timeout = '1s'; ${readingSql(sequencesSql)}`,
      { maxRows: Infinity },
    );
    const rows = answers.at(-1)?.rows ?? [];
    return new Map(rows.map(([oid = "", name = "", mayRead, value]) => [
      oid,
      { name, access: mayRead === "t" ? "readable" : "hidden", value },
    ]));
  } catch (error) {
    if (error instanceof PostgresError) return undefined;
    throw error;
  }
}

/**
 * Those that stand elsewhere than before, or may do so. After a failure nobody
 * knows which were touched.
 */
export function advancedSequences(
  before: SequenceValues | undefined,
  after: SequenceValues | undefined,
  touched: ReadonlySet<string> | undefined,
): readonly AdvancedSequence[] {
  const known = after ?? before ?? new Map<string, SequenceValue>();
  return [...known].flatMap(([oid, { name, access }]) => {
    if (touched !== undefined && !touched.has(oid)) return [];
    const from = before?.get(oid)?.value;
    const to = after?.get(oid)?.value;
    const isKnown = access === "readable" && before !== undefined &&
      after !== undefined;
    const isNamed = isKnown ? from !== to : touched !== undefined;
    if (!isNamed) return [];
    return [{
      name,
      ...(from !== undefined && { from }),
      ...(to !== undefined && { to }),
    }];
  });
}
