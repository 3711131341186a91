import { deepEqual, equal, match } from "node:assert/strict";
import { join } from "node:path";
import type { Statement } from "../../src/core/sql/statement.ts";
import type { RunSettings } from "../../src/core/run_settings.ts";
import { splitScript } from "../../src/io/split_script.ts";

async function withFile(
  content: string,
  test: (dir: string) => Promise<void>,
): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(join(dir, "a.sql"), content);
    await test(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

function settings(cwd: string): RunSettings {
  return {
    env: {},
    cwd,
    migrationsDir: "migrations",
    table: "schema_migrations",
    lockKey: 1,
    lockTimeoutMs: 0,
    statementLockTimeoutMs: 0,
    lockRetryMs: 0,
    waitMs: 0,
    ignore: [],
    order: "strict",
    backup: "never",
    snapshot: "auto",
    backupMethod: "pg_dump",
    backupDir: "backups",
    maxStatementBytes: 1000,
  };
}

Deno.test("splitScript() gives statements in batches of bounded size", async () => {
  await withFile(`${"SELECT 'some text';\n".repeat(20_000)}`, async (dir) => {
    const batches: (readonly Statement[])[] = [];

    const report = await splitScript(
      settings(dir),
      { path: "a.sql" },
      (some) => {
        batches.push(some);
        return Promise.resolve();
      },
    );

    equal(report.statementCount, 20_000);
    equal(batches.flat().length, 20_000);
    equal(batches.every(({ length }) => length < 5000), true);
  });
});

Deno.test("splitScript() gives none of a script with an error, and shows its line", async () => {
  await withFile("SELECT 1;\nSELECT 'two", async (dir) => {
    let given = 0;

    const { success, error } = await splitScript(
      settings(dir),
      { path: "a.sql" },
      (some) => {
        given += some.length;
        return Promise.resolve();
      },
    );

    deepEqual([success, given, error?.code], [false, 0, "unterminated"]);
    deepEqual(error?.location, {
      path: "a.sql",
      line: 2,
      column: 8,
      excerpt: "SELECT 'two",
    });
  });
});

Deno.test("splitScript() follows links and refuses what is no file", async () => {
  await withFile("SELECT 1", async (dir) => {
    await Deno.mkdir(join(dir, "folder"));
    await Deno.symlink("../a.sql", join(dir, "folder/link.sql"));
    const split = async (path: string) =>
      await splitScript(settings(dir), { path }, () => Promise.resolve());

    equal((await split("folder/link.sql")).success, true);
    equal((await split("folder")).error?.code, "not_a_file");
    const { error } = await split("nowhere.sql");
    equal(error?.code, "file_unreadable");
    match(error?.hint ?? "", /^check the path/);
  });
});
