import {
  compareSchemas,
  type SchemaComparison,
} from "../../core/schema/compare_schemas.ts";
import {
  describeDifference,
  type DriftReference,
  type DriftReport,
  findingsOfDrift,
} from "../../core/schema/drift_report.ts";
import type { Finding } from "../../core/finding.ts";
import { HistoryError } from "../../errors.ts";
import { connectionFindings } from "../loading.ts";
import { type Connection, describeTarget } from "../postgres/connection.ts";
import { requireKnown } from "../postgres/postgres_error.ts";
import type { Target } from "../postgres/target.ts";
import type { TrackingNames } from "../postgres/tracking_sql.ts";
import { acceptSchema } from "./accept_schema.ts";
import { type FilesPlace, withFilesStage } from "./files_stage.ts";
import { readLive, stateOf, trace } from "./live_schema.ts";
import { readSchemaGraph } from "./read_schema.ts";
import { readStoredSchema, type StoredSchema } from "./stored_schema.ts";
import { writeMigration, type WrittenFiles } from "./write_migration.ts";

/** What to hold a schema against, and what to do then. */
export interface DriftWork {
  /** Another database; without one it is the newest snapshot. */
  readonly against?: Target | undefined;
  /** Where to see what the files make. */
  readonly files?: FilesPlace | undefined;
  /** The name of a migration to write for what differs from the files. */
  readonly migrationName?: string | undefined;
  /** Patterns of objects that do not matter. */
  readonly ignore: readonly string[];
  /** Stores the schema as the one to expect from now on. */
  readonly accept?: { readonly reason: string | undefined } | undefined;
}

/** Compares the schema with what it should be; changes only what is stored. */
export async function findDrift(
  target: Target,
  work: DriftWork,
): Promise<DriftReport> {
  const draft: Draft = { warnings: [] };
  try {
    await using connection = await target.connect();
    draft.target = describeTarget(connection.target);
    draft.warnings = await connectionFindings(target);
    return await compare({ target, connection, draft }, work);
  } catch (failure) {
    const error = requireKnown(failure);
    return reportDrift(draft, { objects: 0, error });
  }
}

/**
 * Returns when the schema is as the last run has left it, or when there has
 * been no run.
 *
 * @throws {HistoryError} If it is not, or if nobody can say.
 */
export async function requireNoDrift(
  connection: Connection,
  names: TrackingNames,
): Promise<void> {
  const [live, stored] = await readBoth(connection, names);
  if (stored === undefined && live.objects.every(isThereFromTheStart)) return;
  const expected = requireStored(stored, names);
  const [outdated] = findOutdated(expected);
  if (outdated !== undefined) throw noSnapshot(names, outdated.message);
  const { differences } = compareSchemas(expected, live);
  const [first] = differences;
  if (first === undefined) return;
  const shown = describeDifference(first);
  const others = differences.length - 1;
  throw new HistoryError(
    "schema_drift",
    "Cannot migrate as the schema is not as the last run has left it: " +
      shown + (others === 0 ? "" : `; and ${others} more`),
    { hint: 'see "lockstep drift"; "lockstep drift --accept" accepts it' },
  );
}

interface Draft {
  target?: string;
  warnings: readonly Finding[];
}

interface Look {
  readonly target: Target;
  readonly connection: Connection;
  readonly draft: Draft;
}

async function compare(look: Look, work: DriftWork): Promise<DriftReport> {
  const { target, connection, draft } = look;
  if (work.against !== undefined) {
    return await compareDatabases(look, work, work.against);
  }
  if (work.files !== undefined) {
    return await compareFiles(look, work, work.files);
  }
  const [live, stored] = await readBoth(connection, target.names);
  const objects = live.objects.length;
  if (work.accept !== undefined) {
    await acceptSchema(target, connection, work.accept.reason);
  } else {
    requireStored(stored, target.names);
  }
  if (stored === undefined || !stored.isReadable) {
    return reportDrift(draft, { objects, isAccepted: true });
  }
  draft.warnings = [...draft.warnings, ...findOutdated(stored)];
  const comparison = compareSchemas(stored, live, work.ignore);
  return reportDrift(draft, {
    objects,
    reference: stored.reference,
    comparison: await trace(connection, comparison, live),
    ...(work.accept !== undefined && { isAccepted: true }),
  });
}

/** The other database has the schema that is expected. */
async function compareDatabases(
  { target, connection, draft }: Look,
  work: DriftWork,
  against: Target,
): Promise<DriftReport> {
  await using other = await against.connect();
  const [live, expected] = await Promise.all([
    readLive(connection, target.names),
    readLive(other, target.names),
  ]);
  const comparison = compareSchemas(expected, live, work.ignore);
  return reportDrift(draft, {
    objects: live.objects.length,
    reference: { kind: "database", target: describeTarget(other.target) },
    comparison: await trace(connection, comparison, live),
  });
}

/** The files of the applied versions make the schema that is expected. */
async function compareFiles(
  { target, connection, draft }: Look,
  { ignore, migrationName: name }: DriftWork,
  place: FilesPlace,
): Promise<DriftReport> {
  const { serverVersion } = connection;
  const warn = (findings: readonly Finding[]) => {
    draft.warnings = [...draft.warnings, ...findings];
  };
  const result = await withFilesStage(
    { target, connection, warn },
    place,
    async ({ stage, steps, warnings }) => {
      warn(warnings);
      const live = await readSchemaGraph(connection, target.names);
      const state = stateOf(
        [...live.objects].map(([id, object]) => ({ id, object })),
        connection,
      );
      const comparison = await trace(
        connection,
        compareSchemas(await stage.read(), state, ignore),
        state,
      );
      const { differences } = comparison;
      const made = name === undefined || differences.length === 0
        ? undefined
        : await writeMigration({
          name,
          target,
          stage,
          live,
          serverVersion,
          differences,
          ignore,
        });
      return {
        objects: state.objects.length,
        reference: { kind: "files" as const, migrations: steps.length },
        comparison,
        ...(made !== undefined && { made }),
      };
    },
  );
  const { warnings = [] } = result.made ?? {};
  warn(warnings);
  return reportDrift(draft, result);
}

async function readBoth(connection: Connection, names: TrackingNames) {
  return await Promise.all([
    readLive(connection, names),
    readStoredSchema(connection, names),
  ]);
}

function isThereFromTheStart(
  { kind, name }: { readonly kind: string; readonly name: string },
): boolean {
  return (kind === "schema" && name === "public") ||
    (kind === "extension" && name === "plpgsql");
}

function requireStored(
  stored: StoredSchema | undefined,
  names: TrackingNames,
): StoredSchema {
  if (stored === undefined) {
    throw noSnapshot(names, "no schema is stored");
  }
  if (!stored.isIntact) {
    throw noSnapshot(names, "the stored schema was changed by hand");
  }
  if (stored.isReadable) return stored;
  throw noSnapshot(names, "another version of lockstep has stored the schema");
}

function noSnapshot({ snapshots }: TrackingNames, reason: string) {
  return new HistoryError(
    "no_snapshot",
    `Cannot look for drift as ${reason} in ${snapshots}`,
    {
      hint: 'store the schema as it is with "lockstep drift --accept"; each ' +
        "run stores it, too, where its role may create the table and insert " +
        'into it: see "lockstep init"',
    },
  );
}

/** A run that could not store its schema makes what it did look like drift. */
function findOutdated({ laterSteps }: StoredSchema): readonly Finding[] {
  if (laterSteps === 0) return [];
  return [{
    severity: "warning",
    code: "snapshot_outdated",
    message: "the stored schema is older than the last run, which could not " +
      "store its own, or stopped part-way",
    hint: 'what the runs since then did is among the findings; "lockstep ' +
      'drift --accept" stores the schema as it is',
  }];
}

function reportDrift(
  { target, warnings }: Draft,
  { objects, reference, comparison, isAccepted, made, error }: {
    readonly objects: number;
    readonly reference?: DriftReference;
    readonly comparison?: SchemaComparison;
    readonly isAccepted?: true;
    readonly made?: WrittenFiles;
    readonly error?: DriftReport["error"];
  },
): DriftReport {
  const { differences = [], ignoredCount = 0 } = comparison ?? {};
  const findings = isAccepted === true
    ? []
    : made?.findings ?? findingsOfDrift(differences);
  return {
    kind: "drift",
    success: error === undefined && findings.length === 0,
    ...(target !== undefined && { target }),
    ...(reference !== undefined && { reference }),
    objects,
    ignoredCount,
    differences,
    findings,
    ...(isAccepted !== undefined && { isAccepted }),
    ...(made !== undefined && { written: made.written }),
    warnings,
    ...(error !== undefined && { error }),
  };
}
