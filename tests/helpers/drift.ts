import type { TestDatabase } from "./database.ts";
import { type Answer, column } from "./run.ts";

/** The changes that `drift` finds, such as `changed table shop.items`. */
export function driftOf(answer: Answer): readonly string[] {
  const { differences = [] } = answer as Answer & {
    readonly differences?: readonly {
      readonly change: string;
      readonly kind: string;
      readonly name: string;
    }[];
  };
  return differences.map(({ change, kind, name }) =>
    `${change} ${kind} ${name}`
  );
}

/** The files that `drift --write-migration` has written. */
export interface WrittenFiles {
  readonly version: string;
  readonly up: string;
  readonly down: string;
}

/** Fails with the answer when it wrote none. */
export function writtenOf(answer: Answer): WrittenFiles {
  const { written } = answer as Answer & { readonly written?: WrittenFiles };
  if (written === undefined) {
    throw new Error(`nothing was written: ${JSON.stringify(answer)}`);
  }
  return written;
}

/** Waits for the databases of other tests, too. */
export async function noneLeft(db: TestDatabase): Promise<void> {
  const count = async () =>
    (await column(
      db,
      "SELECT datname FROM pg_database WHERE datname LIKE 'lockstep_rehearsal_%'",
    )).length;
  while (await count() > 0) await new Promise((done) => setTimeout(done, 200));
}
