import { deepEqual, equal, ok } from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { runLockstep } from "../helpers/cli.ts";
import { withProject } from "../helpers/project.ts";

Deno.test("lockstep create writes both files and names them", async () => {
  await withProject({}, async (dir) => {
    const { code, stdout, stderr } = await runLockstep(
      ["create", "add", "user table"],
      { cwd: dir },
    );

    deepEqual([code, stderr], [0, ""]);
    const [up = "", down = ""] = stdout.split("\n");
    ok(/^created migrations\/\d{14}_add_user_table\.sql$/.test(up), up);
    ok(
      /^created migrations\/rollbacks\/\d{14}_add_user_table_down\.sql$/
        .test(down),
      down,
    );
    const files = await readdir(join(dir, "migrations"), { recursive: true });
    equal(files.filter((name) => name.endsWith(".sql")).length, 2);
  });
});

Deno.test("lockstep create refuses a name that no file name can be made of", async () => {
  await withProject({}, async (dir) => {
    const { code, stderr } = await runLockstep(["create", "!!!"], { cwd: dir });

    equal(code, 2);
    ok(stderr.startsWith("error[bad_migration_name]: Cannot "), stderr);
  });
});

Deno.test("lockstep create --json names the files", async () => {
  await withProject({}, async (dir) => {
    const { stdout } = await runLockstep(["create", "a", "--json"], {
      cwd: dir,
    });

    const { kind, success, version, up } = JSON.parse(stdout);
    deepEqual([kind, success], ["create", true]);
    equal(up, `migrations/${version}_a.sql`);
  });
});
