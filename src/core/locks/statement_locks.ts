import { relationName } from "../lint/alterations.ts";
import type { ParseTree } from "../sql/parse_tree.ts";
import { fieldsOf, text } from "../sql/parse_tree.ts";
import { alterTableLocks } from "./alter_table_locks.ts";
import {
  commentLocks,
  createIndexLocks,
  createTableLocks,
  domainLocks,
  publicationLocks,
  refreshLocks,
  reindexLocks,
  viewLocks,
} from "./definition_locks.ts";
import type { LockMode } from "./lock_mode.ts";
import {
  changeLocks,
  copyLocks,
  readLocks,
  selectLocks,
} from "./query_locks.ts";
import {
  dropLocks,
  lockTableLocks,
  truncateLocks,
  vacuumLocks,
} from "./removal_locks.ts";
import { lockOn, mergeLocks, type TableLock } from "./table_lock.ts";

/**
 * How a statement locks tables, one lock for each; undefined where that cannot
 * be known from the statement. What functions, triggers, rules and foreign
 * keys of the database do besides is not in it. PostgreSQL 14 to 18 do not
 * differ in it.
 */
export function locksOf(tree: ParseTree): readonly TableLock[] | undefined {
  const locks = LOCKS[tree.kind]?.(tree);
  if (locks !== undefined) return mergeLocks(locks);
  return LOCKLESS.test(tree.kind) ? [] : undefined;
}

type Locks = (tree: ParseTree) => readonly TableLock[] | undefined;

const LOCKS: Readonly<Record<string, Locks>> = {
  AlterDomainStmt: ({ fields }) => domainLocks(fields),
  AlterObjectSchemaStmt: ({ fields }) =>
    fields["relation"] === undefined ? [] : onRelation("ACCESS EXCLUSIVE", {
      ...fields,
    }, "changing-schema"),
  AlterPolicyStmt: ({ fields }) => [
    lockOn(relationName(fields["table"]), "ACCESS EXCLUSIVE"),
  ],
  AlterPublicationStmt: ({ fields }) => publicationLocks(fields),
  AlterSeqStmt: ({ fields }) => [
    lockOn(relationName(fields["sequence"]), "SHARE ROW EXCLUSIVE"),
  ],
  AlterTableStmt: alterTableLocks,
  ClusterStmt: ({ fields }) =>
    fields["relation"] === undefined ? undefined : [
      lockOn(relationName(fields["relation"]), "ACCESS EXCLUSIVE", {
        work: "rewrite",
        rule: "ban-vacuum-full",
      }),
    ],
  CommentStmt: ({ fields }) => commentLocks(fields),
  CopyStmt: copyLocks,
  CreatePolicyStmt: ({ fields }) => [
    lockOn(relationName(fields["table"]), "ACCESS EXCLUSIVE"),
  ],
  CreatePublicationStmt: ({ fields }) => publicationLocks(fields),
  CreateStatsStmt: ({ fields }) =>
    readLocks(fields["relations"]).map((lock) => ({
      ...lock,
      mode: "SHARE UPDATE EXCLUSIVE",
    })),
  CreateStmt: ({ fields }) => createTableLocks(fields),
  CreateTableAsStmt: ({ fields }) => readLocks(fields["query"]),
  CreateTrigStmt: ({ fields }) => onRelation("SHARE ROW EXCLUSIVE", fields),
  DeleteStmt: changeLocks,
  DropStmt: ({ fields }) => dropLocks(fields),
  IndexStmt: ({ fields }) => createIndexLocks(fields),
  InsertStmt: changeLocks,
  LockStmt: ({ fields }) => lockTableLocks(fields),
  MergeStmt: changeLocks,
  RefreshMatViewStmt: ({ fields }) => refreshLocks(fields),
  ReindexStmt: ({ fields }) => reindexLocks(fields),
  RenameStmt: renameLocks,
  RuleStmt: ({ fields }) => onRelation("ACCESS EXCLUSIVE", fields),
  SelectStmt: selectLocks,
  TruncateStmt: ({ fields }) => truncateLocks(fields),
  UpdateStmt: changeLocks,
  VacuumStmt: ({ fields }) => vacuumLocks(fields),
  ViewStmt: ({ fields }) => viewLocks(fields),
};

function onRelation(
  mode: LockMode,
  fields: ParseTree["fields"],
  rule?: string,
): readonly TableLock[] {
  const table = relationName(fields["relation"]);
  return [lockOn(table, mode, rule === undefined ? {} : { rule })];
}

/** Only an index is renamed without stopping those who use it. */
function renameLocks({ fields }: ParseTree): readonly TableLock[] {
  const kind = text(fields["renameType"]);
  if (fieldsOf(fields["relation"])["relname"] === undefined) return [];
  if (kind === "OBJECT_INDEX") {
    return onRelation("SHARE UPDATE EXCLUSIVE", fields);
  }
  const rule = kind === "OBJECT_TABLE"
    ? "renaming-table"
    : kind === "OBJECT_COLUMN"
    ? "renaming-column"
    : undefined;
  return onRelation("ACCESS EXCLUSIVE", fields, rule);
}

/** Statements about what is no table: types, routines, roles, settings. */
const LOCKLESS =
  /^(?:Transaction|VariableSet|VariableShow|CreateFunction|AlterFunction|CreateRole|AlterRole|AlterRoleSet|DropRole|GrantRole|CreateSchema|CreateEnum|AlterEnum|CreateDomain|CompositeType|CreateRange|CreateCast|CreateSeq|CreateConversion|CreateFdw|CreateForeignServer|CreateUserMapping|CreateEventTrig|AlterEventTrig|CreateAm|CreatePLang|CreateOpClass|CreateOpFamily|AlterOpFamily|AlterOperator|AlterType|Define|Notify|Listen|Unlisten|Discard|ConstraintsSet|AlterDefaultPrivileges|AlterOwner|Grant|AlterDatabase|AlterDatabaseSet|Createdb|CreateTableSpace|DropTableSpace|AlterSystem|Checkpoint)Stmt$/;
