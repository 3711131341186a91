import { fileURLToPath } from "node:url";
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ConfigError, UsageError } from "../../src/errors.ts";
import {
  type CreatedMigration,
  createMigration,
} from "../../src/io/create_migration.ts";
import { loadMigrations } from "../../src/io/migration_files.ts";
import { withFolder } from "./folder.ts";

const NOW = new Date("2025-01-05T12:00:00.999Z");

Deno.test("createMigration() makes the folder and both files", async () => {
  await withFolder({}, async (cwd) => {
    const created = await create(cwd, "Add user authentication!");

    assert.deepEqual(created, {
      version: "20250105120000",
      paths: {
        up: "m/20250105120000_add_user_authentication.sql",
        down: "m/rollbacks/20250105120000_add_user_authentication_down.sql",
      },
    });
    const up = readFileSync(join(cwd, created.paths.up), "utf8");
    assert.match(up, /^-- Description: Add user authentication!$/m);
    assert.match(up, /^-- Author: Ada$/m);
    assert.match(up, /^-- Created: 2025-01-05$/m);
    assert.match(up, /^-- Dependencies: None$/m);
  });
});

Deno.test("createMigration() writes what loads without a finding", async () => {
  await withFolder({ "m/003_old.sql": "" }, async (cwd) => {
    await create(cwd, "one");
    await create(cwd, "two");
    await create(cwd, "two");

    const { migrations, findings } = await loadMigrations("m", { cwd });

    assert.deepEqual(findings, []);
    assert.deepEqual(
      migrations.map(({ up, down }) => [
        up.path,
        down?.path,
        up.header.dependencies[0],
      ]),
      [
        ["m/003_old.sql", undefined, undefined],
        [
          "m/20250105120000_one.sql",
          "m/rollbacks/20250105120000_one_down.sql",
          "003_old.sql",
        ],
        [
          "m/20250105120001_two.sql",
          "m/rollbacks/20250105120001_two_down.sql",
          "20250105120000_one.sql",
        ],
        [
          "m/20250105120002_two.sql",
          "m/rollbacks/20250105120002_two_down.sql",
          "20250105120001_two.sql",
        ],
      ],
    );
  });
});

Deno.test("createMigration() comes after a migration of the future", async () => {
  await withFolder({ "m/20991231235959_x.sql": "" }, async (cwd) => {
    const { version } = await create(cwd, "one");

    assert.equal(version, "21000101000000");
  });
});

Deno.test("createMigration() depends on nothing that comes after it", async () => {
  await withFolder({
    "m/1_a.sql": "",
    "m/999999999999999_x.sql": "",
  }, async (cwd) => {
    const { paths } = await create(cwd, "one");

    assert.match(
      readFileSync(join(cwd, paths.up), "utf8"),
      /^-- Dependencies: 1_a.sql$/m,
    );
  });
});

Deno.test("createMigration() takes no second that a rollback has", async () => {
  await withFolder({
    "m/rollbacks/20250105120000_gone_down.sql": "",
  }, async (cwd) => {
    assert.equal((await create(cwd, "one")).version, "20250105120001");
  });
});

Deno.test("createMigration() takes no second that another is taking", async () => {
  await withFolder({ "m/.20250105120000.creating": "" }, async (cwd) => {
    assert.equal((await create(cwd, "one")).version, "20250105120001");
  });
});

Deno.test("createMigration() leaves nothing of its own behind", async () => {
  await withFolder({}, async (cwd) => {
    await create(cwd, "one");

    assert.deepEqual(readdirSync(join(cwd, "m")).toSorted(), [
      "20250105120000_one.sql",
      "rollbacks",
    ]);
  });
});

Deno.test("createMigration() gives versions to many at once", async () => {
  await withFolder({}, async (cwd) => {
    const runs = Array.from(
      { length: 6 },
      (_, i) =>
        new Deno.Command(Deno.execPath(), {
          args: scriptArgs(cwd, `name ${i}`),
          stderr: "inherit",
        }).output(),
    );
    const outputs = await Promise.all(runs);

    assert.ok(outputs.every(({ success }) => success));
    const { migrations, findings } = await loadMigrations("m", { cwd });
    assert.deepEqual(findings, []);
    assert.equal(migrations.length, 6);
  });
});

Deno.test("createMigration() refuses a name without letters", async () => {
  await withFolder({ "m/x": "" }, async (cwd) => {
    await assert.rejects(
      create(cwd, "!!!"),
      (error) =>
        error instanceof UsageError && error.code === "bad_migration_name",
    );
    assert.deepEqual(readdirSync(join(cwd, "m")), ["x"]);
  });
});

Deno.test("createMigration() refuses a file in place of a folder", async () => {
  await withFolder({ "m/rollbacks": "" }, async (cwd) => {
    await assert.rejects(
      create(cwd, "one"),
      (error) => error instanceof UsageError && error.code === "file_exists",
    );
  });
});

Deno.test("createMigration() writes both files or none", async () => {
  await withFolder({ "m/rollbacks/x": "" }, async (cwd) => {
    // Room for the rollback of some 1.4 KB, not for the migration of 1.6 KB.
    const args = scriptArgs(cwd, `one${"!".repeat(300)}`);
    const limit = "trap '' XFSZ; ulimit -f 3; exec \"$@\"";
    const { success, stderr } = await new Deno.Command("sh", {
      args: ["-c", limit, "sh", Deno.execPath(), ...args],
    }).output();

    assert.ok(!success);
    assert.match(new TextDecoder().decode(stderr), /cannot be written to/);
    assert.deepEqual(readdirSync(join(cwd, "m")), ["rollbacks"]);
    assert.deepEqual(readdirSync(join(cwd, "m/rollbacks")), ["x"]);
  });
});

Deno.test({
  name: "createMigration() names a folder that it cannot write to",
  permissions: { read: true, write: [] },
  fn: () => {
    assert.throws(
      () =>
        createMigration({
          dir: "m",
          cwd: "/proc",
          name: "one",
          author: "Ada",
          now: NOW,
          loaded: { migrations: [], findings: [] },
        }),
      (error) =>
        error instanceof ConfigError && error.code === "unwritable_directory" &&
        /"m" cannot be written to/.test(error.message),
    );
  },
});

function scriptArgs(cwd: string, name: string): string[] {
  const script = fileURLToPath(
    new URL("./create_migration.ts", import.meta.url),
  );
  return ["run", "--no-lock", "-RW", script, cwd, name];
}

async function create(cwd: string, name: string): Promise<CreatedMigration> {
  const loaded = existsSync(join(cwd, "m"))
    ? await loadMigrations("m", { cwd })
    : { migrations: [], findings: [] };
  return createMigration({
    dir: "m",
    cwd,
    name,
    author: "Ada",
    now: NOW,
    loaded,
  });
}
