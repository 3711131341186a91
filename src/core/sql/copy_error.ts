/** Where in the data of a COPY the server found fault. */
export interface CopyFault {
  /** Lines of the data, from 1. */
  readonly line: number;
  /** The text that it names, as the server shows it. */
  readonly value?: string;
}

/**
 * Reads the context of an error during COPY, such as
 * `COPY prices, line 3, column id: "bad"` (PostgreSQL's copyfromparse.c).
 */
export function parseCopyContext(where: string): CopyFault | undefined {
  const match =
    /^COPY .*?, line (\d+)(?:, column [^:]*)?(?:: "((?:[^"]|"(?!$|\n))*)")?/m
      .exec(where);
  if (match === null) return undefined;
  const [, line, value] = match;
  return {
    line: Number(line),
    ...(value !== undefined && value !== "" && { value }),
  };
}

/** The column of a value in its line, in code points from 1. */
export function columnOfValue(
  line: string,
  value: string | undefined,
): number {
  // The server cuts long values off.
  const shown = value?.replace(/\.\.\.$/, "") ?? "";
  const index = shown === "" ? -1 : line.indexOf(shown);
  return index < 0 ? 1 : [...line.slice(0, index)].length + 1;
}
