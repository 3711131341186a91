import { firstTokens, type Token, tokenize } from "../sql/tokens.ts";

/**
 * What a statement changes that all databases of a server share, or the server
 * itself, such as `CREATE ROLE`; undefined for one that stays in its database,
 * as far as can be seen from its text.
 */
export function sharedEffectOf(text: string): string | undefined {
  const [first, second, third] = firstTokens(text, 3).map(wordOf);
  switch (first) {
    case "create":
    case "alter":
    case "drop":
      return ofShared(first, second, third);
    case "reassign":
      return second === "owned" ? "REASSIGN OWNED" : undefined;
    case "comment":
    case "security":
      return ofLabel(first, text);
    case "grant":
    case "revoke":
      return ofGrant(first, text);
    case "copy":
      return ofCopy(text);
    case "do":
      return ofCode(text);
    default:
      return undefined;
  }
}

const SHARED = [
  "role",
  "user",
  "group",
  "tablespace",
  "database",
  "subscription",
  "system",
];

function wordOf({ word }: Token): string | undefined {
  return word;
}

function ofShared(
  verb: string,
  noun = "",
  next = "",
): string | undefined {
  if (noun === "user" && next === "mapping") return undefined;
  const isShared = SHARED.includes(noun) ||
    (verb === "drop" && noun === "owned");
  return isShared ? `${verb} ${noun}`.toUpperCase() : undefined;
}

function ofLabel(verb: string, text: string): string | undefined {
  const noun = wordBehind(text, "on");
  if (noun === undefined || !SHARED.includes(noun)) return undefined;
  const what = verb === "comment" ? "COMMENT" : "SECURITY LABEL";
  return `${what} ON ${noun.toUpperCase()}`;
}

/** Without ON it is a role that is granted. */
function ofGrant(verb: string, text: string): string | undefined {
  const noun = wordBehind(text, "on");
  if (noun === undefined) return `${verb.toUpperCase()} of a role`;
  return ["database", "tablespace", "parameter"].includes(noun)
    ? `${verb} ON ${noun}`.toUpperCase()
    : undefined;
}

/** A file of the server is only read where the data come from it. */
function ofCopy(text: string): string | undefined {
  let before: string | undefined;
  for (const { word, value } of tokenize(text)) {
    const isSource = before === "from" || before === "to";
    if (isSource && word === "program") return "COPY with a PROGRAM";
    if (before === "to" && value !== undefined) return "COPY TO a file";
    before = word;
  }
  return undefined;
}

function wordBehind(text: string, word: string): string | undefined {
  let isNext = false;
  for (const token of tokenize(text)) {
    if (isNext) return token.word ?? "";
    isNext = token.word === word;
  }
  return undefined;
}

/** Also what the code of a DO only might run. */
function ofCode(text: string): string | undefined {
  const [found] = CODE.exec(text) ?? [];
  return found?.replace(/\s+/g, " ").toUpperCase();
}

const CODE = new RegExp(
  String.raw`\b(?:(?:create|alter|drop)\s+` +
    String.raw`(?:role|user(?!\s+mapping)|group|tablespace|database|` +
    String.raw`subscription|system)|(?:drop|reassign)\s+owned)\b`,
  "i",
);
