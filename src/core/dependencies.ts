import { showName } from "./display.ts";
import type { Finding } from "./finding.ts";
import type { HistoryEntry } from "./history.ts";
import { findReference } from "./header_claim.ts";
import type { Migration } from "./migration.ts";
import {
  compareVersions,
  isVersion,
  sameName,
  sameVersion,
  upFileName,
  versionKey,
} from "./migration_name.ts";

/**
 * The versions that a migration names as what must come before it, without
 * the names of anything else; see `checkDependencies()` for wrong ones.
 */
export function dependenciesOf(
  migration: Migration,
  migrations: readonly Migration[],
): readonly string[] {
  if (!hasDependencies(migration)) return [];
  return findDependencies(migration, indexOf(migrations))
    .map(({ version }) => version);
}

/**
 * What is wrong with the dependencies of a set of migrations: unknown ones,
 * ones that come later, and circles.
 */
export function checkDependencies(
  migrations: readonly Migration[],
): readonly Finding[] {
  const dependents = migrations.filter(hasDependencies);
  if (dependents.length === 0) return [];
  const search = { index: indexOf(migrations), inCycle: new Set<Migration>() };
  const findings: Finding[] = [];
  for (const migration of dependents) {
    for (const written of migration.up.header.dependencies) {
      const finding = judgeDependency(migration, written, search);
      if (finding !== undefined) findings.push(finding);
    }
  }
  return findings;
}

/**
 * The findings without those about a dependency that is applied, although its
 * file is gone.
 */
export function withoutAppliedDependencies(
  findings: readonly Finding[],
  entries: readonly HistoryEntry[],
): readonly Finding[] {
  const applied = entries.filter(({ state }) => state === "applied");
  return findings.filter(({ dependency }) =>
    dependency === undefined ||
    !applied.some((entry) => isEntry(dependency, entry))
  );
}

/** A baseline's version is no number, such as `000_initial_state`. */
function isEntry(written: string, { version, name }: HistoryEntry): boolean {
  if (written === version || written === `${version}.sql`) return true;
  const reference = findReference(written);
  if (reference === undefined || !isVersion(version)) return false;
  return sameVersion(reference.version, version) &&
    (reference.name === undefined || sameName(reference.name, name));
}

function hasDependencies({ up }: Migration): boolean {
  return up.header.dependencies.length > 0;
}

/** Migrations by the key of their version; the first of a version counts. */
type MigrationIndex = ReadonlyMap<string, Migration>;

/** A planner asks for each of thousands of migrations in turn. */
const INDEXES = new WeakMap<readonly Migration[], MigrationIndex>();

function indexOf(migrations: readonly Migration[]): MigrationIndex {
  const known = INDEXES.get(migrations);
  if (known !== undefined) return known;
  const index = new Map<string, Migration>();
  for (const migration of migrations) {
    const key = versionKey(migration.version);
    if (!index.has(key)) index.set(key, migration);
  }
  INDEXES.set(migrations, index);
  return index;
}

function findDependencies(
  migration: Migration,
  index: MigrationIndex,
): readonly Migration[] {
  const found = new Set<Migration>();
  for (const written of migration.up.header.dependencies) {
    const dependency = findDependency(written, index);
    if (dependency !== undefined) found.add(dependency);
  }
  return [...found];
}

function findDependency(
  written: string,
  index: MigrationIndex,
): Migration | undefined {
  const reference = findReference(written);
  if (reference === undefined) return undefined;
  const migration = index.get(versionKey(reference.version));
  if (migration === undefined || reference.name === undefined) return migration;
  return sameName(reference.name, migration.name) ? migration : undefined;
}

function judgeDependency(
  migration: Migration,
  written: string,
  search: CycleSearch,
): Finding | undefined {
  const dependency = findDependency(written, search.index);
  if (dependency !== undefined) {
    return judgeOrder(migration, dependency, search);
  }
  // What looks like neither a version nor a file is something else.
  const looksLikeMigration = findReference(written) !== undefined ||
    /\.sql$/i.test(written);
  return looksLikeMigration
    ? unknownDependency(migration, written, search.index)
    : undefined;
}

interface CycleSearch {
  readonly index: MigrationIndex;
  /** Migrations of the circles found so far: each is reported once. */
  readonly inCycle: Set<Migration>;
}

/** A circle needs a dependency on a later migration. */
function judgeOrder(
  migration: Migration,
  dependency: Migration,
  { index, inCycle }: CycleSearch,
): Finding | undefined {
  if (dependency === migration) return ownDependency(migration);
  if (compareVersions(dependency.version, migration.version) < 0) {
    return undefined;
  }
  if (inCycle.has(migration) && inCycle.has(dependency)) return undefined;
  const way = findWay(dependency, migration, index);
  if (way === undefined) return lateDependency(migration, dependency);
  for (const member of way) inCycle.add(member);
  return cycle(migration, way);
}

/** The migrations from one to another along dependencies, if there is a way. */
function findWay(
  from: Migration,
  to: Migration,
  index: MigrationIndex,
): readonly Migration[] | undefined {
  const cameFrom = new Map<Migration, Migration | undefined>([
    [from, undefined],
  ]);
  // A Map also yields what is added to it while it is walked.
  for (const [migration] of cameFrom) {
    if (migration === to) return traceBack(to, cameFrom);
    for (const next of findDependencies(migration, index)) {
      if (!cameFrom.has(next)) cameFrom.set(next, migration);
    }
  }
  return undefined;
}

function traceBack(
  to: Migration,
  cameFrom: ReadonlyMap<Migration, Migration | undefined>,
): readonly Migration[] {
  const way: Migration[] = [];
  let step: Migration | undefined = to;
  while (step !== undefined) {
    way.push(step);
    step = cameFrom.get(step);
  }
  return way.reverse();
}

function unknownDependency(
  migration: Migration,
  written: string,
  index: MigrationIndex,
): Finding {
  const version = findReference(written)?.version;
  const namesake = version === undefined
    ? undefined
    : index.get(versionKey(version));
  return {
    ...dependencyFinding(migration, "bad_dependency"),
    dependency: written,
    message: `Cannot use ${quoted(migration)} as there is no migration "${
      showName(written)
    }" that it depends on`,
    hint: namesake === undefined
      ? `correct the line "Dependencies", or add the missing file`
      : `did you mean ${quoted(namesake)}?`,
  };
}

function ownDependency(migration: Migration): Finding {
  return {
    ...dependencyFinding(migration, "bad_dependency"),
    message: `Cannot use ${quoted(migration)} as it depends on itself`,
    hint: `correct the line "Dependencies"`,
  };
}

function lateDependency(migration: Migration, later: Migration): Finding {
  return {
    ...dependencyFinding(migration, "bad_dependency"),
    message: `Cannot use ${quoted(migration)} as it depends on ${
      quoted(later)
    }, which comes after it`,
    hint: `give the file a version above ${later.version}, or correct the ` +
      `line "Dependencies"`,
  };
}

function cycle(migration: Migration, way: readonly Migration[]): Finding {
  const names = way.map(quoted);
  const shown = names.length > MAX_SHOWN
    ? [...names.slice(0, MAX_SHOWN - 1), "…", ...names.slice(-1)]
    : names;
  return {
    ...dependencyFinding(migration, "dependency_cycle"),
    message: `Cannot use ${quoted(migration)} as its dependencies go in a ` +
      `circle: it depends on ${shown.join(", which depends on ")}`,
    hint: `remove one of these from a line "Dependencies"`,
  };
}

const MAX_SHOWN = 10;

function quoted(migration: Migration): string {
  return `"${showName(upFileName(migration))}"`;
}

function dependencyFinding(
  { up }: Migration,
  code: "bad_dependency" | "dependency_cycle",
): Pick<Finding, "severity" | "code" | "location"> {
  const { dependenciesLine: line } = up.header;
  return {
    severity: "error",
    code,
    location: line === undefined ? { path: up.path } : { path: up.path, line },
  };
}
