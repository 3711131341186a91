/** How a result can be printed. */
export const OUTPUT_FORMATS = [
  "human",
  "json",
  "jsonl",
  "junit",
  "github",
  "gitlab",
  "sarif",
  "markdown",
] as const;

/** One of {@linkcode OUTPUT_FORMATS}. */
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

/** The formats of a command that has no findings and runs nothing. */
export const PLAIN_FORMATS: readonly OutputFormat[] = [
  "human",
  "json",
  "jsonl",
];
