import { createHash } from "node:crypto";
import type { ScriptItem } from "./sql/statement.ts";

/** A hash of what was read of a script so far, as it would be sent. */
export interface ScriptSeal {
  add(item: ScriptItem): void;
  /** SHA-256 in hex of all items up to here. */
  digest(): string;
}

/**
 * Starts a seal. Two readings of a script have the same one at a statement if
 * all statements up to it are the same, with the data of each COPY.
 */
export function createSeal(): ScriptSeal {
  const sha = createHash("sha256");
  return {
    add(item) {
      if (item.kind === "copy_data") sha.update(item.bytes);
      else sha.update(`${item.kind} ${item.text.length}\n${item.text}`);
    },
    digest: () => sha.copy().digest("hex"),
  };
}
