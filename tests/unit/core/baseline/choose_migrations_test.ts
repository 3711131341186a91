import { deepEqual, throws } from "node:assert/strict";
import {
  chooseMigrations,
  requireFirst,
} from "../../../../src/core/baseline/choose_migrations.ts";
import type { Migration } from "../../../../src/core/migration.ts";
import { EMPTY_HEADER } from "../../../../src/core/migration_header.ts";

const MIGRATIONS: readonly Migration[] = ["001", "002", "010"].map((
  version,
) => ({
  version,
  name: "a",
  up: {
    path: `migrations/${version}_a.sql`,
    header: EMPTY_HEADER,
    checksum: "0",
    sizeBytes: 0,
  },
}));

Deno.test("chooseMigrations() takes all up to a version, however it is written", () => {
  const chosen = chooseMigrations(MIGRATIONS, "2");

  deepEqual(chosen.map(({ version }) => version), ["001", "002"]);
});

for (const version of ["3", "x", ""]) {
  Deno.test(`chooseMigrations() refuses the version "${version}"`, () => {
    throws(() => chooseMigrations(MIGRATIONS, version), {
      code: "unknown_version",
    });
  });
}

Deno.test("requireFirst() lets a version pass that is below all", () => {
  requireFirst(MIGRATIONS, "0");
});

Deno.test("requireFirst() refuses a version that is not the first, or is none", () => {
  throws(() => requireFirst(MIGRATIONS, "001"), { code: "file_exists" });
  throws(() => requireFirst(MIGRATIONS, "x"), { code: "invalid_argument" });
});
