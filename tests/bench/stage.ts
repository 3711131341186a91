import { withDatabase } from "../helpers/database.ts";
import type { Contender, Field, Job } from "./contenders.ts";
import { type Entry, type Sample, timeJob } from "./measure.ts";
import type { PlainMigration } from "./migrations.ts";

/** Gives a folder and an empty database for as long as the work takes. */
export async function onField<Answer>(
  work: (field: Field) => Promise<Answer>,
): Promise<Answer> {
  const answers: Answer[] = [];
  const dir = await Deno.makeTempDir({ prefix: "lockstep-bench-" });
  try {
    await withDatabase(async ({ url }) => {
      answers.push(await work({ dir, url }));
    });
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
  const [answer] = answers;
  if (answer === undefined) throw new Error("Cannot measure without an answer");
  return answer;
}

/** Applies all migrations to an empty database. */
export function applying(
  contender: Contender,
  migrations: readonly PlainMigration[],
): Entry {
  return {
    name: contender.name,
    run: () =>
      onField(async (field) => {
        await contender.write(field.dir, migrations);
        return await timeJob(contender.migrate(field));
      }),
  };
}

/** Takes back all migrations; only for those who can in one run. */
export function rollingBack(
  contender: Contender,
  migrations: readonly PlainMigration[],
): readonly Entry[] {
  const { rollback } = contender;
  if (rollback === undefined) return [];
  const run = () =>
    onField(async (field) => {
      await contender.write(field.dir, migrations);
      await timeJob(contender.migrate(field));
      return await timeJob(rollback(field, migrations.length));
    });
  return [{ name: contender.name, run }];
}

/** Calls `measure` with runs that have nothing to do, once all is applied. */
export async function withAllApplied<Answer>(
  contenders: readonly Contender[],
  migrations: readonly PlainMigration[],
  measure: (entries: readonly Entry[]) => Promise<Answer>,
): Promise<Answer> {
  const [contender, ...others] = contenders;
  if (contender === undefined) return await measure([]);
  return await onField(async (field) => {
    await contender.write(field.dir, migrations);
    const job = contender.migrate(field);
    await timeJob(job);
    return await withAllApplied(
      others,
      migrations,
      (entries) => measure([entryOf(contender.name, job), ...entries]),
    );
  });
}

/** A program that needs nothing to be prepared. */
export function entryOf(name: string, job: Job): Entry {
  return { name, run: () => timeJob(job) };
}

/** Several runs of the same at once; the time until the last one has ended. */
export async function timeTogether(
  job: Job,
  runners: number,
): Promise<Sample> {
  const samples = await Promise.all(
    Array.from({ length: runners }, () => timeJob(job)),
  );
  return {
    seconds: Math.max(...samples.map(({ seconds }) => seconds)),
    peakBytes: Math.max(...samples.map(({ peakBytes }) => peakBytes)),
  };
}
