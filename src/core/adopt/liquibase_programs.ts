/** A changeset in XML, YAML or JSON, by its name alone. */
export interface ProgramChangeset {
  readonly author: string;
  readonly id: string;
}

/** Finds the changesets of a file that is no SQL; nothing else is read of it. */
export function findProgramChangesets(
  text: string,
): readonly ProgramChangeset[] {
  const starts = [...text.matchAll(START)].map(({ index }) => index);
  return starts.flatMap((start, index) => {
    const part = text.slice(start, starts[index + 1]);
    const id = valueOf("id", part);
    const author = valueOf("author", part);
    return id === undefined || author === undefined ? [] : [{ author, id }];
  });
}

/** `<changeSet`, `- changeSet:` or `"changeSet":`. */
const START = /<changeSet\b|^\s*(?:-\s*)?changeSet\s*:|"changeSet"\s*:/gm;

function valueOf(name: string, part: string): string | undefined {
  const match = new RegExp(
    `\\b${name}"?\\s*[:=]\\s*(?:"([^"]*)"|'([^']*)'|([^\\s"'>,]+))`,
  ).exec(part);
  return match?.[1] ?? match?.[2] ?? match?.[3];
}
