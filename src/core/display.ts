/**
 * A name as it can be printed: what could forge a line of output, send a
 * terminal code or reorder the text is escaped, such as `\n` or `\u202e`.
 */
export function showName(text: string): string {
  return UNPRINTABLE.test(text)
    ? text.replace(UNPRINTABLE_ALL, escapeCharacter)
    : text;
}

/**
 * Controls, format characters (the bidirectional ones among them), line and
 * paragraph separators, lone surrogates. Joiners and tags stay: emoji and
 * several scripts are written with them.
 */
const UNPRINTABLE =
  /(?![\u200c\u200d\u{e0020}-\u{e007f}])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
const UNPRINTABLE_ALL = new RegExp(UNPRINTABLE, "gu");

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
};

function escapeCharacter(character: string): string {
  const short = SHORT_ESCAPES[character];
  if (short !== undefined) return short;
  const code = character.codePointAt(0) ?? 0;
  const digits = code.toString(16);
  if (code <= 0xff) return `\\x${digits.padStart(2, "0")}`;
  return code <= 0xffff ? `\\u${digits.padStart(4, "0")}` : `\\u{${digits}}`;
}
