import { deepEqual, equal } from "node:assert/strict";
import { liquibase } from "../../../../src/core/adopt/liquibase.ts";
import { parseChangesets } from "../../../../src/core/adopt/liquibase_changesets.ts";
import { checkLiquibase } from "../../../../src/core/adopt/liquibase_checksum.ts";
import { findProgramChangesets } from "../../../../src/core/adopt/liquibase_programs.ts";
import { codes, outline, readTool, sqlOf } from "./reading.ts";

const USERS = `--liquibase formatted sql

--changeset ann:users-1 labels:base splitStatements:false
--comment: the users
CREATE TABLE users (id int);
--rollback DROP TABLE users;

-- changeset "Bob B":"index users" runInTransaction:false
CREATE INDEX CONCURRENTLY i ON users (id);
/* liquibase rollback
DROP INDEX i;
*/

--changeset ann:3 dbms:mysql
SELECT mysql();

--changeset ann:4
--preconditions onFail:MARK_RAN
--precondition-sql-check expectedResult:0 SELECT count(*) FROM users
INSERT INTO users VALUES (1);
--rollback empty
`;

function row(order: number, name: string, filename: string) {
  const [author, id] = name.split(":");
  return {
    id,
    author,
    filename,
    dateexecuted: `2024-01-0${order}T10:00:00`,
    orderexecuted: String(order),
    exectype: "EXECUTED",
    md5sum: "8:0123456789abcdef0123456789abcdef",
  };
}

Deno.test("parseChangesets() reads names, attributes, SQL and rollbacks", () => {
  const changesets = parseChangesets(USERS) ?? [];

  deepEqual(changesets.map(({ author, id }) => `${author}:${id}`), [
    "ann:users-1",
    "Bob B:index users",
    "ann:3",
    "ann:4",
  ]);
  equal(changesets[0]?.rollback.trim(), "DROP TABLE users;");
  equal(changesets[1]?.rollback.trim(), "DROP INDEX i;");
  equal(
    changesets[1]?.sql.trim(),
    "CREATE INDEX CONCURRENTLY i ON users (id);",
  );
  equal(changesets[1]?.attributes.get("runintransaction"), "false");
  equal(changesets[3]?.rollback, "");
  equal(changesets[3]?.sql.trim(), "INSERT INTO users VALUES (1);");
});

// As Liquibase 4.28 recorded it for this very SQL.
Deno.test("checkLiquibase() is the checksum that Liquibase writes", () => {
  const checksum = "9:4fdee39f690c6d9a7c256b1162ba2d02";
  const sql = "CREATE TABLE simple (id int);\n";

  equal(checkLiquibase(sql, checksum), "same");
  equal(checkLiquibase(sql.replace(" int", "\r\n\tint"), checksum), "same");
  equal(checkLiquibase(sql.replace("int", "text"), checksum), "changed");
  equal(checkLiquibase(sql, "8:0123456789abcdef0123456789abcdef"), "none");
});

Deno.test("parseChangesets() knows what the checksum leaves out", () => {
  const [one, other] = parseChangesets(`--liquibase formatted sql
--changeset a:1
--comment: why
-- plain
SELECT 1;
--ignoreLines:1
SELECT 2;
--ignoreLines:start
SELECT 3;
--ignoreLines:end
SELECT 4;
--changeset a:2
--validCheckSum: 9:x
SELECT 5;
`) ?? [];

  equal(one?.hashedSql, "-- plain\nSELECT 1;\nSELECT 4;\n");
  equal(other?.hashedSql, undefined);
});

Deno.test("parseChangesets() finds none in other SQL", () => {
  equal(parseChangesets("CREATE TABLE t ();"), undefined);
});

Deno.test("liquibase.read() finds files again whose paths start elsewhere", () => {
  const reading = readTool(liquibase, {
    files: { "changes/001.sql": USERS },
    history: [
      row(1, "ann:users-1", "classpath:db/changelog/changes/001.sql"),
    ],
  });

  deepEqual(outline(reading), [
    "- users-1 applied none",
    "- index users pending none",
    "- 001_4 pending none",
  ]);
  equal(reading.migrations[1]?.up?.transaction, "off");
  deepEqual(codes(reading), ["condition_lost", "condition_lost"]);
  equal(reading.left.length, 1);
  equal(sqlOf(reading).down, "DROP TABLE users;");
});

Deno.test("liquibase.read() keeps the order in which changesets were run", () => {
  const file = (id: string) =>
    `--liquibase formatted sql\n--changeset a:${id}\nSELECT 1;\n`;
  const reading = readTool(liquibase, {
    files: { "a.sql": file("a1"), "b.sql": file("b1"), "c.sql": file("c1") },
    history: [row(2, "a:a1", "a.sql"), row(1, "a:b1", "b.sql")],
  });

  deepEqual(outline(reading), [
    "- b1 applied none",
    "- a1 applied none",
    "- c1 pending none",
  ]);
});

Deno.test("liquibase.read() knows changesets of XML and YAML by name", () => {
  const xml = `<databaseChangeLog>
    <changeSet author="ann" id="1"><createTable tableName="t"/></changeSet>
    <changeSet id='2' author='bob'/>
  </databaseChangeLog>`;
  const yaml = `databaseChangeLog:
  - changeSet:
      id: 3
      author: "ann"
`;

  deepEqual(findProgramChangesets(xml), [
    { author: "ann", id: "1" },
    { author: "bob", id: "2" },
  ]);
  deepEqual(findProgramChangesets(yaml), [{ author: "ann", id: "3" }]);
  const reading = readTool(liquibase, {
    files: { "root.xml": xml },
    history: [row(1, "ann:1", "root.xml")],
  });
  deepEqual(
    reading.migrations.map(({ applied, up }) => [
      applied !== undefined,
      up,
    ]),
    [[true, undefined], [false, undefined]],
  );
});

Deno.test("liquibase.read() takes a plain file that includeAll ran", () => {
  const reading = readTool(liquibase, {
    files: { "a.sql": "SELECT 1;", "b.sql": "SELECT 2;" },
    history: [row(1, "includeAll:raw", "db/a.sql")],
  });

  deepEqual(outline(reading), ["- a applied none"]);
  deepEqual(reading.left.map(({ path }) => path), ["b.sql"]);
});

Deno.test("liquibase.read() stops at its lock and at a failed changeset", () => {
  const reading = readTool(liquibase, {
    history: [{ ...row(1, "a:1", "a.sql"), exectype: "FAILED" }],
    lock: [{ id: "1", locked: "true" }],
  });

  deepEqual(codes(reading), ["unfinished_history", "unfinished_history"]);
});

Deno.test("liquibase.read() cannot translate another end of statements", () => {
  const reading = readTool(liquibase, {
    files: {
      "a.sql":
        "--liquibase formatted sql\n--changeset a:b endDelimiter:/\nSELECT 1\n/\n",
    },
  });

  equal(
    reading.migrations[0]?.untranslated,
    'its statements end in "/"',
  );
});
