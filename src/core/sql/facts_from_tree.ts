import { COMMITTING_PROCEDURES, DEFAULT_TEMPLATE } from "./facts.ts";
import type { Facts } from "./facts.ts";
import { factsFromWords } from "./facts_from_words.ts";
import { fieldsOf, names, nodes, readNode, text } from "./parse_tree.ts";
import type { ParseFields, ParseTree } from "./parse_tree.ts";
import type { QualifiedName } from "./quote.ts";

/** What the grammar says of a statement. */
export function factsFromTree(tree: ParseTree, sql: string): Facts {
  const { kind, fields } = tree;
  switch (kind) {
    case "AlterDatabaseSetStmt":
    case "AlterRoleSetStmt":
      return { changesSessionDefaults: true };
    case "AlterDatabaseStmt":
      return hasOption(fields["options"], "tablespace")
        ? { refusedAs: "ALTER DATABASE SET TABLESPACE" }
        : {};
    case "AlterEnumStmt":
      return enumFacts(fields);
    case "AlterSubscriptionStmt":
      return alterSubscriptionFacts(fields);
    case "AlterSystemStmt":
      return { refusedAs: "ALTER SYSTEM" };
    case "AlterTableStmt":
      return alterTableFacts(fields);
    case "CallStmt":
      return callFacts(fields);
    case "ClusterStmt":
      return fields["relation"] === undefined ? { refusedAs: "CLUSTER" } : {};
    case "CreateEnumStmt":
      return typeFacts(fields);
    case "CreateSubscriptionStmt":
      return createSubscriptionFacts(fields);
    case "CreateTableAsStmt":
      return continuousFacts(fields);
    case "CreateTableSpaceStmt":
      return { refusedAs: "CREATE TABLESPACE" };
    case "CreatedbStmt":
      return createDatabaseFacts(fields);
    case "DiscardStmt":
      return fields["target"] === "DISCARD_ALL"
        ? { refusedAs: "DISCARD ALL" }
        : {};
    case "DropStmt":
      return fields["concurrent"] === true
        ? { refusedAs: "DROP INDEX CONCURRENTLY" }
        : {};
    case "DropSubscriptionStmt":
      return { refusedAs: "DROP SUBSCRIPTION" };
    case "DropTableSpaceStmt":
      return { refusedAs: "DROP TABLESPACE" };
    case "DropdbStmt":
      return { refusedAs: "DROP DATABASE" };
    case "IndexStmt":
      return indexFacts(fields);
    case "ReindexStmt":
      return reindexFacts(fields);
    case "VacuumStmt":
      return fields["is_vacuumcmd"] === true ? { refusedAs: "VACUUM" } : {};
    case "SelectStmt":
    case "TransactionStmt":
      return factsFromWords(sql);
    default:
      return {};
  }
}

function enumFacts(fields: ParseFields): Facts {
  const type = qualifiedName(fields["typeName"]);
  const value = text(fields["newVal"]);
  // Without this it renames a value.
  const isAdded = fields["oldVal"] === undefined;
  if (!isAdded || type === undefined || value === undefined) return {};
  return { addsEnumValue: { type, value } };
}

function qualifiedName(list: unknown): QualifiedName | undefined {
  const parts = names(list);
  const name = parts.at(-1);
  const schema = parts.at(-2);
  if (name === undefined) return undefined;
  return schema === undefined ? { name } : { schema, name };
}

function typeFacts(fields: ParseFields): Facts {
  const type = qualifiedName(fields["typeName"]);
  return type === undefined ? {} : { createsType: type };
}

function alterSubscriptionFacts(fields: ParseFields): Facts {
  switch (fields["kind"]) {
    case "ALTER_SUBSCRIPTION_REFRESH":
    case "ALTER_SUBSCRIPTION_REFRESH_PUBLICATION":
      return { refusedAs: "ALTER SUBSCRIPTION … REFRESH" };
    case "ALTER_SUBSCRIPTION_SET_PUBLICATION":
    case "ALTER_SUBSCRIPTION_ADD_PUBLICATION":
    case "ALTER_SUBSCRIPTION_DROP_PUBLICATION":
      return isSwitchedOff(fields["options"], "refresh")
        ? {}
        : { refusedAs: "ALTER SUBSCRIPTION with refresh" };
    case "ALTER_SUBSCRIPTION_OPTIONS":
      return hasOption(fields["options"], "failover") ||
          hasOption(fields["options"], "two_phase")
        ? { refusedAs: "ALTER SUBSCRIPTION SET (failover or two_phase)" }
        : {};
    default:
      return {};
  }
}

function alterTableFacts(fields: ParseFields): Facts {
  const isDetached = nodes(fields["cmds"], "AlterTableCmd").some((command) =>
    command["subtype"] === "AT_DetachPartition" &&
    readNode(command["def"])?.fields["concurrent"] === true
  );
  return isDetached ? { refusedAs: "ALTER TABLE … DETACH CONCURRENTLY" } : {};
}

function callFacts(fields: ParseFields): Facts {
  const name = names(fieldsOf(fields["funccall"])["funcname"]).at(-1) ?? "";
  return COMMITTING_PROCEDURES.has(name) ? { refusedAs: `CALL ${name}` } : {};
}

function createSubscriptionFacts(fields: ParseFields): Facts {
  const isOff = isSwitchedOff(fields["options"], "connect") ||
    isSwitchedOff(fields["options"], "create_slot");
  return isOff
    ? {}
    : { refusedAs: "CREATE SUBSCRIPTION with a replication slot" };
}

/** TimescaleDB fills a continuous aggregate in transactions of its own. */
function continuousFacts(fields: ParseFields): Facts {
  const into = fieldsOf(fields["into"]);
  const isContinuous = nodes(into["options"], "DefElem").some((option) =>
    option["defnamespace"] === "timescaledb" &&
    option["defname"] === "continuous"
  );
  return isContinuous && into["skipData"] !== true
    ? { refusedAs: "CREATE MATERIALIZED VIEW … WITH (timescaledb.continuous)" }
    : {};
}

function createDatabaseFacts(fields: ParseFields): Facts {
  const template = optionValue(fields["options"], "template");
  return {
    refusedAs: "CREATE DATABASE",
    databaseTemplate: template ?? DEFAULT_TEMPLATE,
  };
}

function indexFacts(fields: ParseFields): Facts {
  if (fields["concurrent"] === true) {
    return { refusedAs: "CREATE INDEX CONCURRENTLY" };
  }
  return hasOption(fields["options"], "transaction_per_chunk")
    ? { refusedAs: "CREATE INDEX with timescaledb.transaction_per_chunk" }
    : {};
}

function reindexFacts(fields: ParseFields): Facts {
  const { params, kind } = fields;
  if (
    hasOption(params, "concurrently") && !isSwitchedOff(params, "concurrently")
  ) return { refusedAs: "REINDEX CONCURRENTLY" };
  switch (kind) {
    case "REINDEX_OBJECT_SCHEMA":
      return { refusedAs: "REINDEX SCHEMA" };
    case "REINDEX_OBJECT_DATABASE":
      return { refusedAs: "REINDEX DATABASE" };
    case "REINDEX_OBJECT_SYSTEM":
      return { refusedAs: "REINDEX SYSTEM" };
    default:
      return {};
  }
}

function findOption(list: unknown, name: string): ParseFields | undefined {
  return nodes(list, "DefElem").find((option) => option["defname"] === name);
}

function hasOption(list: unknown, name: string): boolean {
  return findOption(list, name) !== undefined;
}

function isSwitchedOff(list: unknown, name: string): boolean {
  const option = findOption(list, name);
  if (option?.["arg"] === undefined) return false;
  const value = optionValue(list, name);
  return value === "false" || value === "off" || value === "0";
}

/** The value of an option; zero and false are left out of a tree. */
function optionValue(list: unknown, name: string): string | undefined {
  const value = readNode(findOption(list, name)?.["arg"]);
  switch (value?.kind) {
    case "String":
      return text(value.fields["sval"]);
    // A word that is not reserved, such as `off`.
    case "TypeName":
      return names(value.fields["names"]).at(-1);
    case "Integer":
      return `${value.fields["ival"] ?? 0}`;
    case "Boolean":
      return `${value.fields["boolval"] ?? false}`;
    default:
      return undefined;
  }
}
