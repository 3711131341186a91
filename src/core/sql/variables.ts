/** A value that scripts use as `:name`, `:'name'` or `:"name"`. */
export interface Variable {
  readonly value: string;
  /** Never shown, and never recorded. */
  readonly isSecret: boolean;
}

/** The variables of a run, by name; scripts stay as they are without any. */
export type Variables = ReadonlyMap<string, Variable>;

/** The values that must not be shown. */
export function secretValues(
  variables: Variables | undefined,
): readonly string[] {
  return [...variables?.values() ?? []]
    .filter(({ isSecret }) => isSecret)
    .map(({ value }) => value);
}

/** Whether psql takes a text for the name of a variable. */
export function isVariableName(text: string): boolean {
  return NAME.test(text) && text.length <= MAX_NAME_LENGTH;
}

/** psql takes every character beyond ASCII for a letter. */
const NAME = /^[A-Za-z0-9_\u0080-\u{10ffff}]+$/u;
const MAX_NAME_LENGTH = 200;
