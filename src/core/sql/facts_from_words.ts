import {
  COMMITTING_PROCEDURES,
  DEFAULT_TEMPLATE,
  makesLogicalSlot,
} from "./facts.ts";
import type { Facts } from "./facts.ts";
import type { QualifiedName } from "./quote.ts";
import { tokenize } from "./tokens.ts";
import type { Token } from "./tokens.ts";

/** What the words of a statement say, for what the grammar does not know. */
export function factsFromWords(text: string): Facts {
  const words = readWords(text);
  switch (words.tokens[0]?.word) {
    case "alter":
      return alterFacts(words);
    case "call":
      return callFacts(words);
    case "cluster":
      return CLUSTER_ALL.test(words.form) ? { refusedAs: "CLUSTER" } : {};
    case "commit":
    case "rollback":
      return preparedFacts(words);
    case "create":
      return createFacts(words);
    case "discard":
      return starts(words, "discard all") ? { refusedAs: "DISCARD ALL" } : {};
    case "drop":
      return dropFacts(words);
    case "reindex":
      return reindexFacts(words);
    case "select":
    case "with":
      return slotFacts(words);
    case "vacuum":
      return { refusedAs: "VACUUM" };
    default:
      return {};
  }
}

const CLUSTER_ALL = /^cluster(?: verbose| \( [^)]*\))?$/;

/** A statement, to be asked by words. */
interface Words {
  readonly tokens: readonly Token[];
  /** Words in lower case and other tokens as written, with single spaces. */
  readonly form: string;
}

function readWords(text: string): Words {
  const tokens = [...tokenize(text)];
  return { tokens, form: tokens.map(plainForm).join(" ") };
}

function starts({ form }: Words, words: string): boolean {
  return `${form} `.startsWith(`${words} `);
}

/** Quoted things lose their content, which might look like words. */
function plainForm(token: Token): string {
  if (token.word !== undefined) return token.word;
  if (token.name !== undefined) return '""';
  return token.text.length > 1 && !/^[0-9]/.test(token.text)
    ? "''"
    : token.text;
}

function alterFacts(words: Words): Facts {
  const { form } = words;
  if (starts(words, "alter system")) return { refusedAs: "ALTER SYSTEM" };
  if (starts(words, "alter database")) {
    if (/^alter database \S+ set tablespace /.test(form)) {
      return { refusedAs: "ALTER DATABASE SET TABLESPACE" };
    }
    return defaultsFacts(words);
  }
  if (starts(words, "alter role") || starts(words, "alter user")) {
    return defaultsFacts(words);
  }
  if (/^alter table .* detach partition [^(]*\bconcurrently$/.test(form)) {
    return { refusedAs: "ALTER TABLE … DETACH CONCURRENTLY" };
  }
  if (starts(words, "alter subscription")) return alterSubscription(words);
  return starts(words, "alter type") ? enumFacts(words) : {};
}

function defaultsFacts({ form }: Words): Facts {
  return /^alter \w+ \S+(?: in database \S+)? (?:set|reset) (?!tablespace )/
      .test(form)
    ? { changesSessionDefaults: true }
    : {};
}

function alterSubscription({ form }: Words): Facts {
  const action = /^alter subscription \S+ (.*)$/.exec(form)?.[1] ?? "";
  if (action.startsWith("refresh ")) {
    return { refusedAs: "ALTER SUBSCRIPTION … REFRESH" };
  }
  if (/^(?:set|add|drop) publication /.test(action)) {
    return isSwitchedOff(action, "refresh")
      ? {}
      : { refusedAs: "ALTER SUBSCRIPTION with refresh" };
  }
  return /^set \( .*\b(?:failover|two_phase)\b/.test(action)
    ? { refusedAs: "ALTER SUBSCRIPTION SET (failover or two_phase)" }
    : {};
}

/** Whether an option is given as false, in any of its spellings. */
function isSwitchedOff(form: string, option: string): boolean {
  return new RegExp(`\\b${option} = (?:false|off|0)\\b`).test(form);
}

function enumFacts({ tokens, form }: Words): Facts {
  const added = /^alter type \S+(?: \. \S+)? add value (?:if not exists )?''/
    .exec(form);
  const type = nameAt(tokens, 2);
  const value = tokens.find((token) => token.value !== undefined)?.value;
  if (added === null || type === undefined || value === undefined) return {};
  return { addsEnumValue: { type, value } };
}

function nameAt(
  tokens: readonly Token[],
  index: number,
): QualifiedName | undefined {
  const first = tokens[index]?.name;
  if (first === undefined) return undefined;
  if (tokens[index + 1]?.text !== ".") return { name: first };
  const second = tokens[index + 2]?.name;
  return second === undefined ? undefined : { schema: first, name: second };
}

function callFacts({ tokens }: Words): Facts {
  const open = tokens.findIndex((token) => token.text === "(");
  const name = tokens[open - 1]?.name ?? "";
  return COMMITTING_PROCEDURES.has(name) ? { refusedAs: `CALL ${name}` } : {};
}

function preparedFacts(words: Words): Facts {
  if (words.tokens[1]?.word !== "prepared") return {};
  return { refusedAs: `${words.tokens[0]?.word ?? ""} prepared`.toUpperCase() };
}

function createFacts(words: Words): Facts {
  const { form, tokens } = words;
  if (/^create (?:unique )?index /.test(form)) return createIndexFacts(words);
  if (starts(words, "create database")) return createDatabaseFacts(words);
  if (starts(words, "create tablespace")) {
    return { refusedAs: "CREATE TABLESPACE" };
  }
  if (starts(words, "create subscription")) {
    const isOff = isSwitchedOff(form, "connect") ||
      isSwitchedOff(form, "create_slot");
    return isOff
      ? {}
      : { refusedAs: "CREATE SUBSCRIPTION with a replication slot" };
  }
  if (
    /^create materialized view .* with \(.*\btimescaledb \. continuous\b/
      .test(form)
  ) {
    return form.endsWith(" with no data") ? {} : {
      refusedAs: "CREATE MATERIALIZED VIEW … WITH (timescaledb.continuous)",
    };
  }
  const type = nameAt(tokens, 2);
  return type !== undefined && /^create type [^(]* as enum /.test(form)
    ? { createsType: type }
    : {};
}

function createIndexFacts({ form }: Words): Facts {
  if (/^create (?:unique )?index concurrently /.test(form)) {
    return { refusedAs: "CREATE INDEX CONCURRENTLY" };
  }
  return /\btimescaledb \. transaction_per_chunk\b/.test(form)
    ? { refusedAs: "CREATE INDEX with timescaledb.transaction_per_chunk" }
    : {};
}

function createDatabaseFacts({ tokens }: Words): Facts {
  const at = tokens.findIndex((token, index) =>
    index > 2 && token.word === "template"
  );
  const next = at < 0 ? undefined : tokens[at + 1];
  const value = next?.text === "=" ? tokens[at + 2] : next;
  const name = value?.name ?? value?.value ?? DEFAULT_TEMPLATE;
  return {
    refusedAs: "CREATE DATABASE",
    databaseTemplate: name === "default" ? DEFAULT_TEMPLATE : name,
  };
}

function dropFacts(words: Words): Facts {
  if (starts(words, "drop index concurrently")) {
    return { refusedAs: "DROP INDEX CONCURRENTLY" };
  }
  if (starts(words, "drop database")) return { refusedAs: "DROP DATABASE" };
  if (starts(words, "drop tablespace")) return { refusedAs: "DROP TABLESPACE" };
  return starts(words, "drop subscription")
    ? { refusedAs: "DROP SUBSCRIPTION" }
    : {};
}

function reindexFacts({ form }: Words): Facts {
  const parts = /^reindex (?:\( ([^)]*)\) )?(\w+)(?: (concurrently)\b)?/
    .exec(form);
  const options = parts?.[1] ?? "";
  const kind = parts?.[2] ?? "";
  const isConcurrent = parts?.[3] !== undefined ||
    /\bconcurrently\b(?! (?:false|off|0)\b)/.test(options);
  if (isConcurrent) return { refusedAs: "REINDEX CONCURRENTLY" };
  return kind === "schema" || kind === "database" || kind === "system"
    ? { refusedAs: `REINDEX ${kind.toUpperCase()}` }
    : {};
}

function slotFacts({ tokens }: Words): Facts {
  const found = tokens.find((token, index) =>
    makesLogicalSlot(token.name ?? "") && tokens[index + 1]?.text === "("
  );
  return found === undefined ? {} : { refusedAs: found.name ?? "" };
}
