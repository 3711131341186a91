import type { OutputFormat } from "../core/output_format.ts";
import { fileLines } from "../core/sql/shown_statement.ts";
import type { Statement } from "../core/sql/statement.ts";
import { jsonText } from "./json.ts";
import { count, showLines } from "./layout.ts";

/** A list of statements that is written while they are found. */
export interface Listing {
  /** The text for the next statements. */
  add(statements: readonly Statement[]): string;
  /** The text after the last one. */
  end(): string;
}

/** A list for people, or one bare JSON array. */
export function createListing(format: OutputFormat): Listing {
  return format === "json" ? jsonListing() : humanListing();
}

function jsonListing(): Listing {
  let separator = "[";
  return {
    add(statements) {
      let text = "";
      for (const { text: sql, startByte, endByte } of statements) {
        const item = jsonText({ sql, start: startByte, end: endByte });
        text += `${separator}\n${item}`;
        separator = ",";
      }
      return text;
    },
    end: () => separator === "[" ? "[]\n" : "\n]\n",
  };
}

function humanListing(): Listing {
  let total = 0;
  return {
    add(statements) {
      total += statements.length;
      return statements.map(renderStatement).join("");
    },
    end: () => `${count(total, "statement")}\n`,
  };
}

function renderStatement(statement: Statement): string {
  const { index, line, startByte, endByte } = statement;
  const places = fileLines(statement);
  const lines = showLines(statement.text);
  const width = String(line + lines.length).length;
  const body = lines.map((text, offset) =>
    `  ${String(places[offset] ?? "").padStart(width)} | ${text}`.trimEnd() +
    "\n"
  );
  const head = `[${index + 1}] line ${line}, bytes ${startByte}-${endByte}\n`;
  return `${head}${body.join("")}\n`;
}
