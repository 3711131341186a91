import { showName } from "./display.ts";
import {
  downFileName,
  type MigrationName,
  sameName,
  sameVersion,
  upFileName,
} from "./migration_name.ts";

/** The file that a header stands in. */
export interface HeaderOwner extends MigrationName {
  readonly direction: "up" | "down";
  /** As findings show it. */
  readonly path: string;
}

/** What is wrong with a header line, for a finding at that line. */
export interface ClaimFault {
  /** Ends the sentence "Cannot use … as". */
  readonly state: string;
  readonly hint: string;
}

/**
 * What a header line says against the name of its own file, if it does: the
 * name decides, so one of the two is a mistake.
 */
export function findContradiction(
  key: string,
  value: string,
  owner: HeaderOwner,
): ClaimFault | undefined {
  switch (key) {
    case "version":
      return checkVersion(value, owner);
    case "migration":
    case "rollback migration":
      return checkOwnName(key, value, owner);
    case "rollback for":
      return checkRollbackFor(value, owner);
    case "rollback":
      return checkRollback(value, owner);
    default:
      return undefined;
  }
}

/** A migration as a header or a user may name it. */
export interface MigrationReference {
  readonly version: string;
  /** Absent where only a version is given. */
  readonly name?: string;
}

/**
 * Reads `003`, `003_add_indexes` or `rollbacks/003_add_indexes.sql`, with or
 * without words after it in parentheses; `undefined` for anything else.
 */
export function findReference(value: string): MigrationReference | undefined {
  const text = value.replace(/^["'`]|["'`]$/g, "");
  const [, version, name] = FILE_REFERENCE.exec(text) ??
    SHORT_REFERENCE.exec(text) ?? [];
  if (version === undefined) return undefined;
  return name === undefined ? { version } : { version, name };
}

/** Whether a header value says that there is nothing. */
export function saysNone(value: string): boolean {
  return /^(?:|none|n\/a|no|nil|null|-+)\.?$/i.test(value);
}

const FILE_REFERENCE =
  /^(?:[^\s,]*\/)?([0-9]{1,50})_(.+?)\.sql["'`]?(?=$|[\s.,;)])/;
const SHORT_REFERENCE = /^([0-9]{1,50})(?:_(\S+))?(?:\s*\(.*)?$/;

function checkVersion(
  value: string,
  owner: HeaderOwner,
): ClaimFault | undefined {
  if (value === owner.version || saysNone(value)) return undefined;
  const [, digits] = /^([0-9]+)(?![0-9.])/.exec(value) ?? [];
  if (digits !== undefined && sameVersion(digits, owner.version)) {
    return undefined;
  }
  return {
    state: `its header says version "${
      showName(value)
    }" but its name says "${owner.version}"`,
    hint: `write "-- Version: ${owner.version}", or rename the file`,
  };
}

function checkOwnName(
  key: string,
  value: string,
  owner: HeaderOwner,
): ClaimFault | undefined {
  const reference = findReference(value);
  if (reference === undefined) return undefined;
  if (owner.direction === "down") {
    return names(reference, owner, ["", "_down"])
      ? undefined
      : otherFile(key, value, downFileName(owner));
  }
  if (key === "rollback migration") return isRollback(owner);
  return names(reference, owner, [""])
    ? undefined
    : otherFile(key, value, upFileName(owner));
}

function checkRollbackFor(
  value: string,
  owner: HeaderOwner,
): ClaimFault | undefined {
  const reference = findReference(value);
  if (reference === undefined) return undefined;
  if (owner.direction === "up") return isRollback(owner);
  return names(reference, owner, ["", "_down"])
    ? undefined
    : otherFile("rollback for", value, upFileName(owner));
}

function checkRollback(
  value: string,
  owner: HeaderOwner,
): ClaimFault | undefined {
  if (owner.direction === "down") return undefined;
  const reference = findReference(value);
  if (reference === undefined || names(reference, owner, ["_down"])) {
    return undefined;
  }
  return otherFile("rollback", value, downFileName(owner));
}

/** Whether a reference is to the owner, its name with one of the endings. */
function names(
  reference: MigrationReference,
  owner: HeaderOwner,
  endings: readonly string[],
): boolean {
  if (!sameVersion(reference.version, owner.version)) return false;
  const { name } = reference;
  return name === undefined || name === "down" ||
    endings.some((ending) => sameName(name, owner.name + ending));
}

function otherFile(key: string, value: string, expected: string): ClaimFault {
  const title = `${key.charAt(0).toUpperCase()}${key.slice(1)}`;
  return {
    state: `its header line "${title}" names "${showName(value)}" and not "${
      showName(expected)
    }"`,
    hint: `write "-- ${title}: ${showName(expected)}", or rename the file`,
  };
}

function isRollback(owner: HeaderOwner): ClaimFault {
  return {
    state: "its header says that it is a rollback",
    hint: `move it to "rollbacks/${showName(downFileName(owner))}"`,
  };
}
