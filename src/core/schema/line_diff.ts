/** A line of two texts: only in the first, only in the second, or in both. */
export interface DiffLine {
  readonly sign: "-" | "+" | " ";
  readonly text: string;
}

/** How to come from one text to another, line by line. */
export function diffLines(before: string, after: string): readonly DiffLine[] {
  const [old, fresh] = [linesOf(before), linesOf(after)];
  const start = commonStart(old, fresh);
  const end = commonStart(
    old.slice(start).reverse(),
    fresh.slice(start).reverse(),
  );
  return [
    ...signed(" ", old.slice(0, start)),
    ...diffMiddle(
      old.slice(start, old.length - end),
      fresh.slice(start, fresh.length - end),
    ),
    ...signed(" ", old.slice(old.length - end)),
  ];
}

/** Only what changed, with a few lines around it, and marks for the rest. */
export function shortenDiff(
  lines: readonly DiffLine[],
  around: number,
): readonly (DiffLine | "…")[] {
  const isNear = lines.map((_, index) =>
    lines.slice(Math.max(0, index - around), index + around + 1)
      .some(({ sign }) => sign !== " ")
  );
  return lines.flatMap<DiffLine | "…">((line, index) => {
    if (isNear[index] === true) return [line];
    return index > 0 && isNear[index - 1] !== true ? [] : ["…"];
  });
}

function linesOf(text: string): readonly string[] {
  return text === "" ? [] : text.split("\n");
}

function commonStart(one: readonly string[], other: readonly string[]): number {
  const index = one.findIndex((line, at) => line !== other[at]);
  return index < 0 ? Math.min(one.length, other.length) : index;
}

function signed(
  sign: DiffLine["sign"],
  lines: readonly string[],
): readonly DiffLine[] {
  return lines.map((text) => ({ sign, text }));
}

/** By the longest common subsequence, where that is not too long to find. */
function diffMiddle(
  old: readonly string[],
  fresh: readonly string[],
): readonly DiffLine[] {
  if (old.length * fresh.length > MAX_CELLS) {
    return [...signed("-", old), ...signed("+", fresh)];
  }
  const lengths = commonLengths(old, fresh);
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < fresh.length) {
    const [one, other] = [old[i], fresh[j]];
    if (one !== undefined && one === other) {
      lines.push({ sign: " ", text: one });
      [i, j] = [i + 1, j + 1];
      continue;
    }
    const down = lengths[i + 1]?.[j] ?? -1;
    const right = lengths[i]?.[j + 1] ?? -1;
    if (one !== undefined && (other === undefined || down >= right)) {
      lines.push({ sign: "-", text: one });
      i += 1;
    } else {
      lines.push({ sign: "+", text: other ?? "" });
      j += 1;
    }
  }
  return lines;
}

const MAX_CELLS = 4_000_000;

/** How many lines the rests of two texts have in common, from each place. */
function commonLengths(
  old: readonly string[],
  fresh: readonly string[],
): readonly Uint32Array[] {
  const lengths = Array.from(
    { length: old.length + 1 },
    () => new Uint32Array(fresh.length + 1),
  );
  for (let i = old.length - 1; i >= 0; i -= 1) {
    const [row, below] = [lengths[i], lengths[i + 1]];
    if (row === undefined || below === undefined) continue;
    for (let j = fresh.length - 1; j >= 0; j -= 1) {
      row[j] = old[i] === fresh[j]
        ? (below[j + 1] ?? 0) + 1
        : Math.max(below[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  return lengths;
}
