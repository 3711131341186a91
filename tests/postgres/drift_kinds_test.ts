import { deepEqual, equal, ok } from "node:assert/strict";
import { SCHEMA_KINDS } from "../../src/core/schema/order_objects.ts";
import {
  DatabaseManager,
  type DriftReport,
  MigrationManager,
} from "../../src/mod.ts";
import { type TestDatabase, withDatabase } from "../helpers/database.ts";
import { withProject } from "../helpers/project.ts";
import { withRole } from "../helpers/run.ts";
import {
  KIND_CASES,
  type KindCase,
  type KindChange,
  KINDS_FOUNDATION,
} from "../helpers/schema_kinds.ts";

/** A change by hand, how to undo it, and all that `drift` must find. */
interface Change {
  readonly by: string;
  readonly undo: string;
  readonly finds: readonly string[];
}

interface Bench {
  readonly db: TestDatabase;
  readonly manager: MigrationManager;
  readonly major: number;
  /** Fills in the names of the roles. */
  readonly fill: (text: string) => string;
}

Deno.test("every kind of object has a case that adds, changes and removes one", () => {
  const kinds = new Set(KIND_CASES.map(({ kind }) => kind));
  const changed = new Set(
    KIND_CASES.filter((one) => changesOf(one, 18).length > 2)
      .map(({ kind }) => kind),
  );

  deepEqual(SCHEMA_KINDS.filter((kind) => !kinds.has(kind)), []);
  // The options of a user mapping are passwords: nothing of them is read.
  deepEqual(SCHEMA_KINDS.filter((kind) => !changed.has(kind)), [
    "user mapping",
  ]);
});

Deno.test("drift finds every change of every kind of object, and only it", (t) =>
  withKinds(async (bench) => {
    for (const one of KIND_CASES) {
      await t.step(`of the ${one.kind} ${one.name}`, async () => {
        for (const change of changesOf(one, bench.major)) {
          await requireFound(bench, change);
        }
      });
    }
  }));

Deno.test("drift finds nothing between a database of all kinds and its dump", () =>
  withKinds(async ({ db, manager }) => {
    // Its provider is not loaded: no script can make one here.
    await db.query("DELETE FROM pg_seclabel");
    const { sql = "" } = await manager.dumpSchema();

    await withDatabase(async (copy) => {
      await copy.query(sql);
      const report = await manager.findDrift({
        against: copy.url,
        // How it connects is not in a dump.
        ignore: ["subscription *"],
      });

      deepEqual(describe(report), []);
      equal(report.ignoredCount, 1);
      ok(report.objects > SCHEMA_KINDS.length);
    });
  }));

/** A migrated database that has an object of each kind, and a manager on it. */
async function withKinds(test: (bench: Bench) => Promise<void>): Promise<void> {
  await withDatabase((db) =>
    withRole(db, async ({ name }) => {
      // Only a superuser can own some kinds of objects.
      await db.query(`ALTER ROLE ${name} SUPERUSER`);
      const [me] = await db.query("SELECT current_user AS name");
      const fill = (text: string) =>
        text.replaceAll("$ROLE", name).replaceAll("$ME", String(me?.["name"]));
      const made = KIND_CASES.map((one) => `${withWord(one, one.make, 0)};\n`);
      const files = { "001_all.sql": KINDS_FOUNDATION + fill(made.join("")) };
      await withProject(files, async (dir) => {
        await using database = new DatabaseManager({
          databaseUrl: db.url,
          env: {},
        });
        const manager = new MigrationManager(database, { cwd: dir });
        const { error } = await manager.migrate();
        equal(error, undefined);
        const major = await majorOf(db);
        await test({ db, manager, major, fill });
        // A database with one cannot be dropped.
        await db.query("DROP SUBSCRIPTION feed_one");
      });
    })
  );
}

/** Undone, it must be as if it had not been. */
async function requireFound(bench: Bench, change: Change): Promise<void> {
  const { db, fill } = bench;
  const [by, undo] = [fill(change.by), fill(change.undo)];
  const finds = change.finds.map(fill);
  let found: readonly string[] = [];
  await db.query(by);
  try {
    found = await findChanges(bench);
  } finally {
    await db.query(undo);
  }
  deepEqual({ by, finds: found }, { by, finds });
  deepEqual({ undo, finds: await findChanges(bench) }, { undo, finds: [] });
}

async function findChanges({ manager }: Bench): Promise<readonly string[]> {
  return describe(await manager.findDrift());
}

/** Each difference, such as `error changed table a: owner`. */
function describe(report: DriftReport): readonly string[] {
  equal(report.error, undefined);
  return report.differences.map(({ change, kind, name, differsIn }, index) => {
    const what = `${
      report.findings[index]?.severity
    } ${change} ${kind} ${name}`;
    return differsIn === undefined ? what : `${what}: ${differsIn.join(", ")}`;
  });
}

function changesOf(one: KindCase, major: number): readonly Change[] {
  const { kind, name, make, drop, changes = [] } = one;
  const changed = `changed ${kind} ${name}`;
  const texts: readonly KindChange[] = [
    { by: drop, undo: make, finds: `error removed ${kind} ${name}` },
    ...changes,
    ...saidOf(one),
  ];
  const those = texts.filter(({ since = 0 }) => since <= major)
    .map(({ by, undo, parts = "create", finds }) => ({
      by: withWord(one, by, 0),
      undo: withWord(one, undo, 0),
      finds: [
        withWord(
          one,
          finds ??
            `${parts === "comment" ? "warning" : "error"} ${changed}: ${parts}`,
          0,
        ),
      ],
    }));
  return [
    {
      by: withWord(one, make, 1),
      undo: withWord(one, drop, 1),
      finds: [withWord(one, `error added ${kind} ${name}`, 1)],
    },
    ...those,
  ];
}

/** Its owner, its comment and its privileges. */
function saidOf({ word, has, grant }: KindCase): readonly KindChange[] {
  return [
    ...(has === "owner and comment"
      ? [{
        by: `ALTER ${word} OWNER TO $ROLE`,
        undo: `ALTER ${word} OWNER TO $ME`,
        parts: "owner",
      }]
      : []),
    ...(has !== undefined
      ? [{
        by: `COMMENT ON ${word} IS 'it''s other'`,
        undo: `COMMENT ON ${word} IS NULL`,
        parts: "comment",
      }]
      : []),
    ...(grant !== undefined
      ? [{
        by: `GRANT ${grant} TO $ROLE WITH GRANT OPTION`,
        undo: `REVOKE ${grant} FROM $ROLE`,
        parts: "privileges",
      }]
      : []),
  ];
}

function withWord({ words }: KindCase, text: string, index: 0 | 1): string {
  const word = (words ?? ["one", "extra"])[index] ?? "";
  return text.replaceAll("#", word);
}

async function majorOf(db: TestDatabase): Promise<number> {
  const [row] = await db.query(
    "SELECT current_setting('server_version_num')::int / 10000 AS major",
  );
  return Number(row?.["major"]);
}
