import { FileError } from "../../errors.ts";
import type { ScriptItem, Statement } from "../sql/statement.ts";
import { firstTokens } from "../sql/tokens.ts";
import { locationOf } from "./script_refusals.ts";

/** Watches what a script makes of `client_encoding`. */
export interface EncodingCheck {
  /**
   * Takes the next item of the script.
   *
   * @throws {FileError} If the server would misread its UTF-8.
   */
  see(item: ScriptItem): void;
}

/**
 * A check for the items of one script, in their order. Files are UTF-8: after
 * `SET client_encoding = 'LATIN1'`, as a dump that was converted by hand still
 * has it, each character beyond ASCII would silently become two others.
 */
export function createEncodingCheck(path: string): EncodingCheck {
  let other: { readonly name: string; readonly statement: Statement } | "none" =
    "none";
  return {
    see(item) {
      if (other !== "none" && hasMoreThanAscii(item)) {
        throw misread(other.name, item.line, locationOf(path, other.statement));
      }
      if (item.kind !== "statement") return;
      const name = encodingAfter(item.text);
      if (name === undefined) return;
      other = AS_IT_IS.has(name.toLowerCase().replaceAll(/[^a-z0-9]/g, ""))
        ? "none"
        : { name, statement: item };
    },
  };
}

/** What the server reads as UTF-8, or does not convert. */
const AS_IT_IS = new Set(["utf8", "unicode", "default", "sqlascii"]);
const MAY_SET =
  /^(?:(?:set|select)\s[^]{0,80}?(?:client_encoding|names)\b|reset\s|discard\s)/i;
const SET_CONFIG =
  /^select\s+(?:pg_catalog\s*\.\s*)?set_config\s*\(\s*'client_encoding'\s*,\s*'([^']*)'/i;
const BEYOND_ASCII = /[\u0080-\uffff]/;

/** The encoding that the statement sets, as it writes it. */
function encodingAfter(text: string): string | undefined {
  if (!MAY_SET.test(text)) return undefined;
  const called = SET_CONFIG.exec(text);
  if (called !== null) return called[1];
  const [first, ...tokens] = firstTokens(text, 5);
  const [second] = tokens;
  if (first?.word === "reset" || first?.word === "discard") {
    const isAll = second?.word === "all";
    return isAll || second?.word === "client_encoding" ? "default" : undefined;
  }
  if (second?.word === "session" || second?.word === "local") tokens.shift();
  const [name, sign, value] = tokens;
  if (name?.word === "names") return sign?.value ?? sign?.text;
  return name?.word === "client_encoding"
    ? value?.value ?? value?.text
    : undefined;
}

function hasMoreThanAscii(item: ScriptItem): boolean {
  return item.kind === "copy_data"
    ? item.bytes.some((byte) => byte > 127)
    : BEYOND_ASCII.test(item.text);
}

function misread(
  encoding: string,
  line: number,
  location: ReturnType<typeof locationOf>,
): FileError {
  return new FileError(
    "invalid_encoding",
    `Cannot plan as line ${location.line} sets client_encoding to ` +
      `${encoding} and the text of line ${line} is UTF-8`,
    { hint: "remove that SET: files are always read as UTF-8", location },
  );
}
