import { deepEqual, equal } from "node:assert/strict";
import { cwd } from "node:process";
import { defaultRunSettings } from "../../../src/core/config/run_settings_of.ts";
import {
  renderDownTemplate,
  renderUpTemplate,
} from "../../../src/core/template.ts";
import { lintFiles } from "../../../src/io/lint_files.ts";
import { findIn } from "../core/lint/lint_sql.ts";

const SETTINGS = { ...defaultRunSettings(), env: {}, cwd: cwd() };

const TEMPLATE = {
  version: "004",
  slug: "add_users",
  description: "Adds users",
  author: "me",
  date: "2026-01-01",
  dependency: "003_a.sql",
};

Deno.test("lintFiles() finds nothing in the sample that it would fail on", async () => {
  const { success, files, error } = await lintFiles(SETTINGS, {
    failOn: "warning",
  });

  equal(error, undefined);
  equal(files, 6);
  equal(success, true);
});

Deno.test("lintFiles() finds every directive of the sample in use", async () => {
  const { findings } = await lintFiles(SETTINGS, {});

  deepEqual(findings.filter(({ code }) => code === "unused-lint-ignore"), []);
});

Deno.test("lintFiles() reads the files that it is given, with their excerpts", async () => {
  const { files, findings } = await lintFiles(SETTINGS, {
    files: ["migrations/001_initial_schema.sql"],
  });

  equal(files, 1);
  equal(findings[0]?.location?.path, "migrations/001_initial_schema.sql");
  equal(typeof findings[0]?.location?.excerpt, "string");
});

Deno.test("lintFiles() finds a file that is not there", async () => {
  const { success, findings } = await lintFiles(SETTINGS, {
    files: ["no/such.sql"],
  });

  equal(success, false);
  equal(findings[0]?.code, "file_unreadable");
});

Deno.test("lintFiles() answers that there is no folder", async () => {
  const { success, error } = await lintFiles(
    { ...SETTINGS, migrationsDir: "no/folder" },
    {},
  );

  equal(success, false);
  equal(error?.code, "missing_directory");
});

Deno.test("lint finds nothing above info in the template of a migration", async () => {
  const findings = await findIn(renderUpTemplate(TEMPLATE));

  deepEqual(findings.filter(({ severity }) => severity !== "info"), []);
});

Deno.test("lint finds nothing above info in the template of a rollback", async () => {
  const findings = await findIn(renderDownTemplate(TEMPLATE), {
    file: { direction: "down" },
  });

  deepEqual(findings.filter(({ severity }) => severity !== "info"), []);
});
