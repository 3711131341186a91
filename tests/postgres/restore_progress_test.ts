import { doesNotMatch, equal, match } from "node:assert/strict";
import {
  type EmbeddedPostgres,
  startPostgres,
} from "../../scripts/embedded_postgres.ts";
import { withBackups } from "../helpers/backup.ts";
import { findPgDump } from "../helpers/dump.ts";

const major = await findPgDump();

/** Of the version of pg_dump; no test changes it. */
let server: EmbeddedPostgres;

Deno.test.beforeAll(async () => {
  if (major !== undefined) server = await startPostgres({ major });
});

Deno.test.afterAll(() => server?.stop());

Deno.test({
  name: "restore says when it begins, as it can wait and take long",
  ignore: major === undefined,
  fn: () =>
    withBackups(
      { "001_a.sql": "CREATE TABLE a (id INT);\n" },
      async ({ done, run }) => {
        await done(["migrate"]);
        const { path = "" } = await done(["backup"]);

        const dry = await run(["restore", path, "--dry-run"]);
        const { code, stderr } = await run(["restore", path, "--yes"]);

        equal(code, 0, stderr);
        doesNotMatch(dry.stderr, /Restoring/);
        match(stderr, /^Restoring backups\/\S+\.dump into database "/m);
      },
      { server: server.url },
    ),
});
