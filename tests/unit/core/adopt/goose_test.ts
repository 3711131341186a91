import { deepEqual, equal } from "node:assert/strict";
import { goose, splitGoose } from "../../../../src/core/adopt/goose.ts";
import { codes, outline, readTool } from "./reading.ts";

const FUNCTION = `-- +goose Up
-- +goose StatementBegin
CREATE FUNCTION f() RETURNS int AS $$
BEGIN RETURN 1; END
$$ LANGUAGE plpgsql
-- +goose StatementEnd
CREATE TABLE t ();

-- +goose Down
DROP TABLE t;
DROP FUNCTION f();
`;

Deno.test("splitGoose() ends in a semicolon what StatementEnd ended", () => {
  const parts = splitGoose(FUNCTION);

  equal(
    parts?.up.sql.trim(),
    `CREATE FUNCTION f() RETURNS int AS $$
BEGIN RETURN 1; END
$$ LANGUAGE plpgsql
;
CREATE TABLE t ();`,
  );
  equal(parts?.down?.sql.trim(), "DROP TABLE t;\nDROP FUNCTION f();");
});

Deno.test("splitGoose() adds no second semicolon", () => {
  const parts = splitGoose(
    "-- +goose Up\n-- +goose StatementBegin\nSELECT 1; -- one\n-- +goose StatementEnd\n",
  );

  equal(parts?.up.sql, "SELECT 1; -- one\n");
});

Deno.test("splitGoose() obeys NO TRANSACTION for both ways", () => {
  const parts = splitGoose(
    "-- +goose NO TRANSACTION\n-- +goose Up\nVACUUM;\n-- +goose Down\nVACUUM;\n",
  );

  equal(parts?.up.transaction, "off");
  equal(parts?.down?.transaction, "off");
  equal(parts?.up.sql, "VACUUM;\n");
});

Deno.test("splitGoose() finds no way in a file without marks", () => {
  equal(splitGoose("CREATE TABLE t ();"), undefined);
});

Deno.test("goose.read() plays the rows through by their ids", () => {
  const row = (id: number, version: string, applied: string) => ({
    id: String(id),
    version_id: version,
    is_applied: applied,
    tstamp: `2024-01-0${id}T10:00:00`,
  });
  const reading = readTool(goose, {
    files: {
      "00001_a.sql": "-- +goose Up\nSELECT 1;\n",
      "00002_b.go": "package migrations",
      "00002_b_test.go": "package migrations",
      "00003_c.sql": "-- +goose Up\nSELECT 1;\n",
    },
    history: [
      row(5, "3", "false"),
      row(1, "0", "true"),
      row(2, "1", "true"),
      row(3, "2", "true"),
      row(4, "3", "true"),
    ],
  });

  deepEqual(outline(reading), [
    "00001 a applied none",
    "00002 b applied none",
    "00003 c pending none",
  ]);
  equal(reading.migrations[0]?.applied?.at, "2024-01-02T10:00:00");
  equal(reading.migrations[1]?.up, undefined);
});

Deno.test("goose.read() notices where values of the environment are put in", () => {
  const reading = readTool(goose, {
    files: {
      "1_a.sql": "-- +goose Up\n-- +goose ENVSUB ON\nSELECT '${NAME}';\n",
      "2_b.sql": "-- +goose Up\nSELECT '${NAME}';\n",
    },
  });

  deepEqual(reading.migrations.map(({ untranslated }) => untranslated), [
    'it has the placeholder "${NAME}"',
    undefined,
  ]);
  deepEqual(codes(reading), []);
});
