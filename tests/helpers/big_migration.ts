/** What a big migration consists of. */
export type BigMigrationKind = "copy" | "single_insert" | "multi_insert";

/** Writes a migration of at least so many bytes; how many rows it loads. */
export async function writeBigMigration(
  path: string,
  kind: BigMigrationKind,
  bytes: number,
): Promise<number> {
  using file = await Deno.create(path);
  const { start, end, rowsToText } = FORMS[kind];
  let written = await writeText(file, TABLE + start);
  let rows = 0;
  while (written < bytes) {
    written += await writeText(file, rowsToText(rowsFrom(rows)));
    rows += ROWS_AT_ONCE;
  }
  await writeText(file, end);
  return rows;
}

const ROWS_AT_ONCE = 1_000;

const TABLE =
  "CREATE TABLE big (id bigint NOT NULL, name text, note text, amount numeric);\n";

interface BigMigrationForm {
  readonly start: string;
  readonly end: string;
  readonly rowsToText: (rows: readonly Row[]) => string;
}

type Row = readonly [number, string, string, string];

const FORMS: Readonly<Record<BigMigrationKind, BigMigrationForm>> = {
  copy: {
    start: "COPY big FROM stdin;\n",
    end: "\\.\n",
    rowsToText: (rows) => rows.map((row) => `${row.join("\t")}\n`).join(""),
  },
  single_insert: {
    start: "",
    end: "",
    rowsToText: (rows) =>
      rows.map((row) => `INSERT INTO big VALUES ${tuple(row)};\n`).join(""),
  },
  multi_insert: {
    start: "",
    end: "",
    rowsToText: (rows) =>
      `INSERT INTO big VALUES\n${rows.map(tuple).join(",\n")};\n`,
  },
};

function rowsFrom(first: number): readonly Row[] {
  return Array.from({ length: ROWS_AT_ONCE }, (_, index) => {
    const id = first + index;
    const note = `a note of some length about the customer ${
      id * 7919 % 10_007
    }`;
    return [id, `customer ${id}`, note, `${id % 1_000}.${10 + id % 90}`];
  });
}

function tuple([id, name, note, amount]: Row): string {
  return `(${id}, '${name}', '${note}', ${amount})`;
}

async function writeText(file: Deno.FsFile, text: string): Promise<number> {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) {
    at += await file.write(bytes.subarray(at));
  }
  return bytes.length;
}
