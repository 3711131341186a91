/**
 * The word that was probably meant, or `undefined` when none is near: at
 * most a third of its letters differ.
 */
export function findNearest(
  word: string,
  words: readonly string[],
): string | undefined {
  const plain = simplify(word);
  const ranked = words
    .map((candidate) => ({
      candidate,
      distance: editDistance(plain, simplify(candidate)),
    }))
    .filter(({ candidate, distance }) => distance * 3 <= candidate.length)
    .sort((a, b) => a.distance - b.distance);
  return ranked[0]?.candidate;
}

function simplify(word: string): string {
  return word.toLowerCase().replaceAll("-", "_").slice(0, 100);
}

/** Levenshtein's distance, a swap of two neighbors counted as one. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      const isSwap = i > 1 && j > 1 &&
        a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row[j] = Math.min(
        at(above, j) + 1,
        at(row, j - 1) + 1,
        at(above, j - 1) + change,
        isSwap ? at(before, j - 2) + 1 : Infinity,
      );
    }
    before = above;
    above = row;
  }
  return at(above, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Infinity;
}
