import type { TemplateValues } from "../template.ts";
import type { WrittenChanges } from "./write_changes.ts";

/** The text of a migration, which runs in a transaction. */
export function renderChanges(
  { blocks, unwritten, lost }: WrittenChanges,
  values: TemplateValues,
): string {
  const notes = [
    ...unwritten.map(({ label, reason }) =>
      `-- Not written for the ${oneLine(`${label}: ${reason}`)}\n`
    ),
    ...lost.map((what) => `-- Deletes all data of the ${oneLine(what)}\n`),
  ];
  const body = blocks.map(({ label, statements }) =>
    `-- ${oneLine(label)}\n${statements.join("\n")}\n`
  );
  return [
    headerOf(values),
    ...notes,
    "SET LOCAL check_function_bodies = off;\n",
    ...body,
  ].join("\n");
}

function headerOf(values: TemplateValues): string {
  return `-- Description: ${oneLine(values.description)}
-- Author: ${oneLine(values.author)}
-- Created: ${values.date}
-- Dependencies: ${values.dependency ?? "None"}
-- Written by "lockstep drift --write-migration"; read it before you run it.
`;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ");
}
