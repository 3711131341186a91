import { DIRECTIVE_NAMES, type DirectiveFault } from "./directives.ts";
import { showName } from "./display.ts";
import { findNearest } from "./suggestion.ts";

/**
 * Whether the text of a comment is meant as directives and is none, so that it
 * would do nothing without a word. It is when it starts with nearly the word
 * `lockstep`, and all up to the first comma is nearly one directive: its name
 * before a sign, its name alone, its name with a value such as `off` or `2s`,
 * or `no transaction` and the like. Anything else is prose.
 */
export function findAlmostDirective(text: string): DirectiveFault | undefined {
  // A slip in the first letter is rare, and nearly every line ends here.
  if (!/^\W{0,5}l/i.test(text)) return undefined;
  const [, word = "", rest = ""] = START.exec(text) ?? [];
  if (findNearest(word.replace(/[-_ ]/, ""), ["lockstep"]) === undefined) {
    return undefined;
  }
  const meant = readItem(rest.split(",", 1)[0]?.trim() ?? "");
  if (meant === undefined) return undefined;
  return {
    state: `"${showName(text)}" is nearly a directive and does nothing`,
    hint: `write it as "-- lockstep: ${showName(meant)}"`,
  };
}

/**
 * A third dash or a mark before the word, and any marks behind it. Behind four
 * dashes, or two more after a space, stands a directive that is switched off.
 */
const START =
  /^(?:-(?!-)\s*|[@#*!/<[({]+\s*)?(lock[-_ ]step|[a-z]+)[\s\p{P}=]*(.*)$/isu;

/** What the item should have been. */
function readItem(item: string): string | undefined {
  if (
    /^(?:no|non|not|without|disable|skip)[-_ ]?transactions?\b\W*$/i.test(item)
  ) {
    return "transaction=off";
  }
  const [, left = "", value] = /^([^=]*?)\s*(?:=\s*(.*))?$/s.exec(item) ?? [];
  if (value !== undefined) {
    const name = findName(left);
    return name === undefined ? undefined : written(name, value);
  }
  const words = left.replace(/\W+$/, "").split(/[\s:]+/);
  const last = words.at(-1) ?? "";
  const isPair = words.length > 1 && VALUE.test(last);
  const name = findName((isPair ? words.slice(0, -1) : words).join(" "));
  return name === undefined ? undefined : written(name, isPair ? last : "");
}

const VALUE =
  /^(?:on|off|true|false|yes|no|none|never|disabled?|enabled?|'?[0-9]+[a-z]*'?)$/i;

function findName(text: string): string | undefined {
  return findNearest(text.trim().replaceAll(/[-\s]+/g, "_"), DIRECTIVE_NAMES);
}

function written(name: string, value: string): string {
  if (name === "irreversible") return name;
  const isOff = name === "transaction" &&
    /^(?:|false|no|none|never|disabled?|0)$/i.test(value);
  return `${name}=${isOff ? "off" : value || "…"}`;
}
