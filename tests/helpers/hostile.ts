import { deepEqual, equal, ok } from "node:assert/strict";
import { requireWholeLog } from "./faults.ts";
import { type Answer, column, type Project, withRun } from "./run.ts";

/** A migration that is directed against the tool, in both of its forms. */
export interface Attack {
  /** What stands between the two effects of the migration. */
  readonly sql: readonly string[];
  /** Exit code and error in a transaction, as in `5 record_failed`. */
  readonly inTransaction: string | readonly string[];
  /** The same with transaction=off; absent where that makes no sense. */
  readonly outside?: string | readonly string[];
  /** What an administrator runs before the next attempt. */
  readonly mend?: string;
  /** Whether the log is whole afterwards; it is, unless told. */
  readonly log?: "whole" | "harmed";
  /** Whether all is done once the attack is out of the file; it is. */
  readonly next?: "done" | "in vain";
}

/** Registers two tests for each attack: in a transaction and outside. */
export function testAttacks(attacks: Readonly<Record<string, Attack>>): void {
  for (const [name, attack] of Object.entries(attacks)) {
    Deno.test(`a migration that ${name} is told of truly`, () =>
      attackWith(attack, "", attack.inTransaction));
    const { outside } = attack;
    if (outside === undefined) continue;
    Deno.test(`a migration outside a transaction that ${name} is told of truly`, () =>
      attackWith(attack, "-- lockstep: transaction=off\n", outside));
  }
}

/** Fails where the session is not as a new one is. */
const AFTER = `DO $check$
DECLARE found pg_catalog.text;
BEGIN
  SELECT pg_catalog.string_agg(what, ', ') INTO found FROM (
    SELECT name AS what FROM pg_catalog.pg_settings
    WHERE source OPERATOR(pg_catalog.=) 'session'
      AND name OPERATOR(pg_catalog.!~) '^(transaction_.*|client_connection_check_interval|idle_in_transaction_session_timeout|lock_timeout)$'
    UNION ALL SELECT name FROM pg_catalog.pg_prepared_statements
    UNION ALL SELECT name FROM pg_catalog.pg_cursors
      WHERE is_holdable
    UNION ALL SELECT pg_catalog.pg_listening_channels()
    UNION ALL SELECT relname::pg_catalog.text FROM pg_catalog.pg_class
      WHERE relnamespace OPERATOR(pg_catalog.=) pg_catalog.pg_my_temp_schema()
    UNION ALL SELECT session_user::pg_catalog.text
      WHERE session_user OPERATOR(pg_catalog.<>) current_user
  ) left_behind;
  IF found IS NOT NULL THEN RAISE EXCEPTION 'left behind: %', found; END IF;
END $check$;
INSERT INTO public.effects VALUES (3, 1);\n`;

async function attackWith(
  attack: Attack,
  header: string,
  end: string | readonly string[],
): Promise<void> {
  const script = (statements: readonly string[]) =>
    header + [
      "INSERT INTO public.effects VALUES (2, 1)",
      ...statements,
      "INSERT INTO public.effects VALUES (2, 2)",
    ].join(";\n") + ";\n";
  const files = {
    "001_before.sql": "SELECT 1;\n",
    "002_attack.sql": script(attack.sql),
    "003_after.sql": AFTER,
  };
  await withRun(files, async (project) => {
    const { db } = project;
    await db.query("CREATE TABLE public.effects (version int, part int)");
    const answer = await project.json("migrate");

    const found = [answer.code, answer.error?.code].join(" ").trim();
    ok(
      [end].flat().includes(found),
      `ended with ${found}: ${JSON.stringify(answer.error)}`,
    );
    if (attack.mend !== undefined) await db.query(attack.mend);
    const done = await requireTruth(project, answer, attack);
    if (attack.next === "in vain") return;
    if (answer.code !== 0) {
      const step = answer.steps.find(({ version }) => version === "002");
      const isLeft = step?.status === "done";
      await project.write({
        "002_attack.sql": script(
          attack.sql.map((sql, at) =>
            isLeft || at + 1 < done ? sql : "SELECT 1"
          ),
        ),
      });
      const next = await project.done("migrate");
      await requireTruth(project, next, attack);
    }
    await project.write({
      "004_next.sql": "INSERT INTO public.effects VALUES (4, 1);\n",
    });
    await project.done("migrate");
    deepEqual(await effects(project), ["2.1", "2.2", "3.1", "4.1"]);
    if (attack.log !== "harmed") await requireWholeLog(db);
  });
}

/**
 * Requires that report, tracking table and effects tell the same; the number
 * of statements of the attacking migration that are committed.
 */
async function requireTruth(
  { db, json }: Project,
  { steps }: Answer,
  { sql }: Attack,
): Promise<number> {
  const status = await json("status");
  const states = new Map(
    status.versions.map(({ version, state }) => [Number(version), state]),
  );
  const found = (await effects({ db })).map(String);
  for (const { version, status: told } of steps) {
    const number = Number(version);
    const state = states.get(number);
    const own = found.filter((effect) => effect.startsWith(`${number}.`));
    const all = EFFECTS[number] ?? [];
    switch (told) {
      case "done":
        equal(state, "applied");
        deepEqual(own, all);
        break;
      case "partial":
        equal(state, "partly_applied");
        break;
      case "failed":
      case "not_run":
        ok(
          ["pending", "failed", "out_of_order"].includes(state ?? ""),
          `${version} is told as ${told} and stands as ${state}`,
        );
        deepEqual(own, []);
        break;
      default:
        throw new Error(`${version} is told as ${told}`);
    }
  }
  const row = status.versions.find(({ version }) => Number(version) === 2);
  const done = row?.statementsDone ?? 0;
  if (row?.state === "partly_applied") {
    const own = found.filter((effect) => effect.startsWith("2."));
    const isWhole = done === sql.length + 2;
    deepEqual(own, EFFECTS[2]?.slice(0, isWhole ? 2 : Math.min(done, 1)));
  }
  return done;
}

const EFFECTS: Readonly<Record<number, readonly string[]>> = {
  2: ["2.1", "2.2"],
  3: ["3.1"],
};

async function effects({ db }: Pick<Project, "db">): Promise<
  readonly unknown[]
> {
  return await column(
    db,
    "SELECT pg_catalog.concat(version, '.', part) FROM public.effects " +
      "ORDER BY version, part",
  );
}
