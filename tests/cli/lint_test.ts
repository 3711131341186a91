import { deepEqual, equal, match } from "node:assert/strict";
import { runLockstep } from "../helpers/cli.ts";
import { withProject } from "../helpers/project.ts";

const UP = `-- Description: an index
-- Author: me
-- Created: 2026-01-01
CREATE TABLE fresh (a int);
CREATE INDEX fresh_a ON fresh (a);
-- lockstep: lint-ignore require-concurrent-index-creation: it has ten rows
CREATE INDEX small_a ON small (a);
CREATE INDEX orders_a ON orders (a);
`;

Deno.test("lockstep lint finds what is risky without a database, and exits with 3", async () => {
  await withProject({ "001_a.sql": UP }, async (dir) => {
    const { code, stdout, stderr } = await runLockstep(["lint", "--json"], {
      cwd: dir,
    });

    deepEqual([code, stderr], [3, ""]);
    const report = JSON.parse(stdout);
    const errors = report.findings
      .filter((finding: { severity: string }) => finding.severity === "error");
    deepEqual(errors.map(({ code }: { code: string }) => code), [
      "require-concurrent-index-creation",
    ]);
    equal(errors[0].location.line, 8);
    equal(errors[0].location.excerpt, "CREATE INDEX orders_a ON orders (a);");
    equal(report.suppressed, 1);
  });
});

Deno.test("lockstep lint knows tables of earlier files with --together alone", async () => {
  await withProject({
    "001_a.sql": "CREATE TABLE a (b int);",
    "002_b.sql": "CREATE INDEX a_b ON a (b);",
  }, async (dir) => {
    const apart = await runLockstep(["lint"], { cwd: dir });
    const together = await runLockstep(["lint", "--together"], { cwd: dir });

    deepEqual([apart.code, together.code], [3, 0]);
    match(apart.stdout, /002_b\.sql:1:1/);
  });
});

Deno.test("lockstep lint replaces variables, and hides the secret ones", async () => {
  await withProject({
    "001_a.sql": 'DROP TABLE :x; DROP TABLE :"pw";',
  }, async (dir) => {
    const { stdout } = await runLockstep(
      ["lint", "--var", "x=app.users", "--secret-var", "pw=PW"],
      { cwd: dir, env: { PW: "hunter2" } },
    );

    match(stdout, /"app\.users" is dropped/);
    equal(stdout.includes("hunter2"), false);
  });
});
