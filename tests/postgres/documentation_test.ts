import { equal } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { withDatabase } from "../helpers/database.ts";
import { withProject } from "../helpers/project.ts";
import { dropTemplates } from "../helpers/templates.ts";

const ROOT = new URL("../../", import.meta.url);

const MADE = "CREATE TABLE made ();\n";

Deno.test("the examples in the documentation of the API run", () =>
  withDatabase((db) =>
    withProject({ "001_a.sql": MADE }, async (dir) => {
      const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: [
          "test",
          "--doc",
          // An example imports what Deno has imported for it already.
          "--no-check",
          "--allow-all",
          `--config=${fileURLToPath(new URL("deno.json", ROOT))}`,
          ...["src/mod.ts", "src/testing.ts"]
            .map((path) => fileURLToPath(new URL(path, ROOT))),
        ],
        cwd: dir,
        env: { DATABASE_URL: db.url, NO_COLOR: "1" },
      }).output();
      await dropTemplates(dir);

      const output = [stdout, stderr].map((bytes) =>
        new TextDecoder().decode(bytes)
      ).join("");
      equal(code, 0, output);
      const rows = await db.query(
        "SELECT count(*)::int AS n FROM pg_class WHERE relname = 'made'",
      );
      equal(rows[0]?.n, 1, output);
    })
  ));
