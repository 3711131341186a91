import { maskValues } from "./mask.ts";

/**
 * The same report or event with secret values masked in every text of it,
 * also in its errors. It is the value itself when there are no secrets.
 */
export function maskTexts<Value>(
  value: Value,
  secrets: readonly string[],
): Value {
  if (secrets.length === 0) return value;
  // Masking changes texts, never the shape that the type describes.
  return maskAny(value, secrets) as Value;
}

/** A question that is asked with what it is about masked. */
export function maskedAsk<Subject>(
  ask: ((subject: Subject) => Promise<boolean>) | undefined,
  secrets: readonly string[],
): ((subject: Subject) => Promise<boolean>) | undefined {
  return ask && ((subject) => ask(maskTexts(subject, secrets)));
}

function maskAny(value: unknown, secrets: readonly string[]): unknown {
  if (typeof value === "string") return maskValues(value, secrets);
  if (Array.isArray(value)) return value.map((item) => maskAny(item, secrets));
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Error) return maskObject(value, secrets);
  const isPlain = Object.getPrototypeOf(value) === Object.prototype;
  return isPlain ? maskObject(value, secrets) : value;
}

/** A copy of the same class: the message of an error is not enumerable. */
function maskObject(value: object, secrets: readonly string[]): object {
  const properties = Object.getOwnPropertyDescriptors(value);
  const masked = Object.entries(properties).map(([name, property]) => [
    name,
    "value" in property
      ? { ...property, value: maskAny(property.value, secrets) }
      : property,
  ]);
  return Object.create(
    Object.getPrototypeOf(value),
    Object.fromEntries(masked),
  );
}
