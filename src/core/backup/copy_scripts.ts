import { noteLine } from "../schema/schema_object.ts";
import { labelOfObject } from "../schema/schema_object.ts";
import { quoteLiteral } from "../sql/quote.ts";
import type {
  CopyManifest,
  CopyObject,
  CopySequence,
  CopyStep,
} from "./copy_manifest.ts";

/** What a session must be like when it makes what a backup holds. */
export const RESTORE_SETTINGS: readonly string[] = [
  "SET LOCAL check_function_bodies = off;",
  "SET LOCAL xmloption = content;",
  "SET LOCAL default_tablespace = '';",
  "SET LOCAL default_table_access_method = heap;",
  "SET LOCAL client_min_messages = warning;",
];

/** How values are written and read, whatever the session is set to. */
export const VALUE_SETTINGS: readonly string[] = [
  "SET LOCAL search_path = '';",
  "SET LOCAL row_security = off;",
  "SET LOCAL DateStyle = 'ISO, YMD';",
  "SET LOCAL IntervalStyle = 'postgres';",
  "SET LOCAL extra_float_digits = 3;",
  "SET LOCAL bytea_output = 'hex';",
  "SET LOCAL lc_monetary = 'C';",
  "SET LOCAL standard_conforming_strings = on;",
];

/** The statements of a step; none for one that fills a table. */
export function sqlOfStep(
  step: CopyStep,
  { objects, sequences }: Pick<CopyManifest, "objects" | "sequences">,
): string {
  switch (step.do) {
    case "attach":
      return step.sql;
    case "create":
      return sqlOfPart(objects[step.object], step.part);
    case "refresh":
      return `REFRESH MATERIALIZED VIEW ${objects[step.object]?.name};`;
    case "set_sequences":
      return sequences.map(sqlOfSequence).join("\n");
    case "load":
      return "";
    default:
      return step satisfies never;
  }
}

/** `SELECT setval(…)`, which says nothing. */
export function sqlOfSequence(sequence: CopySequence): string {
  const { name, value, isCalled } = sequence;
  return `SELECT pg_catalog.setval(${
    quoteLiteral(name)
  }, ${value}, ${isCalled});`;
}

/** `COPY … FROM STDIN` or `TO STDOUT` for a table, in an encoding. */
export function copySql(
  { name, columns }: {
    readonly name: string;
    readonly columns: readonly string[];
  },
  direction: "FROM STDIN" | "TO STDOUT",
  encoding: string,
): string {
  const list = columns.length === 0 ? "" : ` (${columns.join(", ")})`;
  return `COPY ${name}${list} ${direction} ` +
    `WITH (ENCODING ${quoteLiteral(encoding)})`;
}

/** The steps as scripts that psql runs, one for each of the three stages. */
export function writeCopyScripts(
  manifest: Omit<CopyManifest, "scripts">,
): ReadonlyMap<string, string> {
  const { steps, objects } = manifest;
  const middle = steps.findIndex((step) => step.do === "set_sequences");
  function write(part: readonly CopyStep[]): string {
    const blocks = part.map((step) => {
      const sql = step.do === "load"
        ? loadLine(manifest, step.table)
        : sqlOfStep(step, manifest);
      const object = "object" in step ? objects[step.object] : undefined;
      const head = object === undefined
        ? ""
        : `-- ${labelOfObject(object).replace(/\s+/g, " ")}\n`;
      return sql === "" ? "" : `${head}${sql}\n`;
    }).filter((block) => block !== "");
    return [...VALUE_SETTINGS, ...RESTORE_SETTINGS, "", ...blocks].join("\n");
  }
  const before = steps.slice(0, middle + 1);
  return new Map([
    ["1_before.sql", write(before.filter((step) => step.do === "create"))],
    ["2_data.sql", write(before.filter((step) => step.do !== "create"))],
    ["3_after.sql", write(steps.slice(middle + 1))],
  ]);
}

/** The folder of the data of a table. */
export function dataFolder(table: number): string {
  return `data/${String(table + 1).padStart(5, "0")}`;
}

function loadLine(
  { tables, encoding }: Omit<CopyManifest, "scripts">,
  place: number,
): string {
  const table = tables[place];
  if (table === undefined || table.members.length === 0) return "";
  const source = `PROGRAM 'cat ${dataFolder(place)}/*.copy'`;
  const list = table.columns.length === 0
    ? ""
    : ` (${table.columns.join(", ")})`;
  return `\\copy ${table.name}${list} FROM ${source} ` +
    `WITH (ENCODING ${quoteLiteral(encoding)})`;
}

function sqlOfPart(
  object: CopyObject | undefined,
  part: Extract<CopyStep, { readonly do: "create" }>["part"],
): string {
  if (object === undefined) return "";
  const { create, owner, comment, privileges, note } = object.parts;
  if (part !== "main") return object.parts[part] ?? "";
  const grants = object.kind === "table" ? undefined : privileges;
  return [noteLine(note), create, owner, comment, grants]
    .filter((text) => text !== undefined).join("\n");
}
