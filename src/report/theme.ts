import { styleText } from "node:util";

/** How text is written to one stream. */
export interface Theme {
  /** The width of the terminal; undefined when it is none. */
  readonly columns: number | undefined;
  readonly colors: "on" | "off";
  readonly symbols: "unicode" | "ascii";
}

/** For texts that go into documents. */
export const UNPAINTED: Theme = {
  columns: undefined,
  colors: "off",
  symbols: "unicode",
};

/** What a piece of text means, which decides its color. */
export type Tone = "good" | "bad" | "warning" | "dim" | "strong" | "accent";

/** The text in the color of its tone, where the theme has colors. */
export function paint(theme: Theme, tone: Tone, text: string): string {
  if (theme.colors === "off" || text === "") return text;
  // Whether there are colors is decided already, not by the process's stream.
  return styleText([...STYLES[tone]], text, { validateStream: false });
}

const STYLES = {
  good: ["green"],
  bad: ["red", "bold"],
  warning: ["yellow", "bold"],
  dim: ["dim"],
  strong: ["bold"],
  accent: ["cyan"],
} as const;

/** A sign for a state; plain letters where the locale has no others. */
export function symbol(
  theme: Theme,
  name: "done" | "failed" | "waiting" | "partial",
): string {
  return theme.symbols === "unicode" ? UNICODE[name] : ASCII[name];
}

const UNICODE = { done: "✓", failed: "✗", waiting: "·", partial: "!" };
const ASCII = { done: "+", failed: "x", waiting: "-", partial: "!" };
