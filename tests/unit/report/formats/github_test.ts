import { equal } from "node:assert/strict";
import { EMPTY_RUN, FAILED_RUN, SICK } from "../sample_reports.ts";
import { rendered } from "./rendered.ts";

Deno.test("renderGithub() marks the place of an error, before the warnings", () => {
  const [first = "", ...rest] = rendered("github", FAILED_RUN).split("\n");

  equal(
    first.slice(0, first.indexOf("%0A")),
    "::error file=migrations/002_add_indexes.sql,line=14,col=22," +
      'title=statement_failed::Cannot apply "002_add_indexes" as relation ' +
      '"trades" does not exist',
  );
  equal(
    rest.at(-2),
    "::notice title=lockstep migrate::Applied 1 of 3 migrations in 1.35 s, " +
      "1 failed, 1 not run.",
  );
});

Deno.test("renderGithub() escapes values and messages as the runner reads them", () => {
  const text = rendered("github", {
    ...EMPTY_RUN,
    warnings: [{
      severity: "warning",
      code: "odd",
      message: "100% a:b, c",
      location: { path: "a,b:100%.sql", line: 3 },
    }],
  });

  equal(
    text,
    "::warning file=a%2Cb%3A100%25.sql,line=3,title=odd::100%25 a:b, c\n" +
      "::notice title=lockstep migrate::Nothing to apply.\n",
  );
});

Deno.test("renderGithub() has the problems and warnings of doctor", () => {
  const words = rendered("github", SICK).split("\n")
    .map((line) => line.slice(0, line.indexOf("::", 2)));

  equal(words[0], "::error title=log");
  equal(words[1], "::warning title=indexes");
});
