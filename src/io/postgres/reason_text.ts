/**
 * What an error says is the case, to go on with behind "as" or a colon:
 * without "Cannot … as" where its message begins so.
 */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/^Cannot go on as /, "");
}
