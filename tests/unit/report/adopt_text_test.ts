import { equal, match } from "node:assert/strict";
import { renderResult } from "../../../src/report/human.ts";
import { renderAdoptQuestion } from "../../../src/report/adopt_text.ts";
import {
  ADOPT_PLAN,
  ADOPTED,
  BASELINED,
  REFUSED_ADOPT,
} from "./sample_adopts.ts";
import { PLAIN } from "./sample_reports.ts";

Deno.test("renderResult() lists what becomes of each migration of another tool", () => {
  const text = renderResult(ADOPT_PLAN, "normal", PLAIN);

  match(text, /0_a +baseline +was 0, its file is gone$/m);
  match(text, /applied +was 1_.*no transaction, SHA-384 compared$/m);
  match(text, /002_job +applied +a program, not translated$/m);
  match(text, /003_later +pending +no way back$/m);
  match(text, /^left: verify\/.*, a verify script$/m);
  match(
    text,
    /^Would write 4 files, record 3 rows in lockstep\.schema_migrations, 1 pending, 1 renumbered\.$/m,
  );
});

Deno.test("renderResult() says what to do when all is adopted", () => {
  const text = renderResult(ADOPTED, "normal", PLAIN);

  match(text, /^Wrote 4 files, recorded 3 rows/m);
  match(text, /^Next: set LOCKSTEP_TABLE=lockstep\.schema_migrations/m);
});

Deno.test("renderResult() names another folder for the time after, too", () => {
  const migrations = ADOPTED.migrations.map((one) => ({
    ...one,
    path: "db/001_a.sql",
  }));
  const text = renderResult({ ...ADOPTED, migrations }, "normal", PLAIN);

  match(
    text,
    / and LOCKSTEP_MIGRATIONS_DIR=db, or the same in lockstep\.toml;/,
  );
});

Deno.test("renderResult() says what stops it", () => {
  const text = renderResult(REFUSED_ADOPT, "normal", PLAIN);

  match(text, /^error\[checksum_mismatch\]: .*; restore the file$/m);
  match(text, /^Cannot adopt before the finding above is settled\.$/m);
});

Deno.test("renderAdoptQuestion() shows the plan and asks", () => {
  const text = renderAdoptQuestion(ADOPT_PLAN);

  match(text, /Would write 4 files.*\nWrite these files and rows\?$/);
});

Deno.test("renderResult() lists what counts as applied", () => {
  const text = renderResult(BASELINED, "normal", PLAIN);

  match(text, /Recorded 1 migration as applied in public\.schema_migrations/);
  equal(
    renderResult({ ...BASELINED, status: "declined" }, "normal", PLAIN)
      .includes("Nothing was written, as the answer was no."),
    true,
  );
});
