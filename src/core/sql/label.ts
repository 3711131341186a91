import { tokenize } from "./tokens.ts";
import type { Token } from "./tokens.ts";

/** What a statement does, in a few words, such as `DROP TABLE app.users`. */
export function labelOf(text: string): string {
  const words: string[] = [];
  let name = "";
  for (const token of tokenize(text)) {
    const isCommand = name === "" && COMMAND_WORDS.has(token.word ?? "");
    if (isCommand && words.length < MAX_WORDS) {
      words.push(token.text.toUpperCase());
      continue;
    }
    const isSkipped = name === "" && SKIPPED_WORDS.has(token.word ?? "");
    if (isSkipped && words.length > 0) continue;
    if (!continuesName(name, token) || NAMELESS.has(words[0] ?? "")) break;
    name += token.text;
  }
  return shorten([...words, name].join(" ").trim());
}

const MAX_WORDS = 8;
const MAX_LENGTH = 100;

/** What comes before the name of the object. */
const COMMAND_WORDS = new Set(
  ("abort access aggregate all alter analyze as begin call cast class " +
    "close cluster collation column comment commit concurrently " +
    "configuration constraint conversion copy create database declare " +
    "default delete deallocate dictionary discard do domain drop end event " +
    "execute explain extension family foreign from full function global " +
    "grant group import in index insert into language large listen local " +
    "lock mapping materialized merge method move notify object on operator " +
    "or parser policy prepare prepared privileges procedural procedure " +
    "publication reassign recursive refresh reindex release replace reset " +
    "revoke role rollback routine rule savepoint schema search security " +
    "select sequence server session set show start statistics subscription " +
    "system table tablespace temp temporary text to transaction transform " +
    "trigger truncate trusted type unique unlisten unlogged update user " +
    "vacuum values view with work wrapper").split(" "),
);
const SKIPPED_WORDS = new Set(["if", "not", "exists", "only"]);
/** Commands after whose words there is no name of what they are about. */
const NAMELESS = new Set(["DO", "EXPLAIN", "SELECT", "VALUES", "WITH"]);

function continuesName(name: string, token: Token): boolean {
  return name === "" || name.endsWith(".")
    ? token.name !== undefined
    : token.text === ".";
}

function shorten(label: string): string {
  // deno-lint-ignore no-control-regex -- a name must not reach the terminal raw
  const clean = label.replace(/[\u0000-\u001f\u007f-\u009f]+/g, " ");
  return clean.length > MAX_LENGTH
    ? `${clean.slice(0, MAX_LENGTH - 1)}…`
    : clean;
}
