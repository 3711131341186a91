import { deepEqual, equal } from "node:assert/strict";
import {
  countTables,
  findMissingHalf,
  hasTable,
  listToRestore,
  listUnrestored,
  parseArchiveList,
} from "../../../../src/core/backup/archive.ts";

const LIST = `;
; Archive created at 2026-11-22 22:59:48 UTC
;     dbname: my shop
;     TOC Entries: 20
;     Dump Version: 1.14-0
;     Dumped from database version: 15.18
;     Dumped by pg_dump version: 15.18 (Debian 15.18-0+deb12u1)
;
;
; Selected TOC Entries:
;
7; 2615 16384 SCHEMA - My app postgres
8; 2615 16385 SCHEMA - other postgres
2; 3079 16395 EXTENSION - citext 
3368; 0 0 COMMENT - EXTENSION citext 
217; 1259 16386 TABLE My app a log postgres
3369; 0 0 COMMENT My app TABLE "a log" postgres
3370; 0 0 ACL My app TABLE "a log" postgres
216; 1259 16385 SEQUENCE My app a log_id_seq postgres
3371; 0 0 SEQUENCE OWNED BY My app a log_id_seq postgres
3372; 0 0 ACL My app SEQUENCE "a log_id_seq" postgres
219; 1259 16504 TABLE My app a logbook postgres
3211; 2604 16389 DEFAULT My app a log id postgres
3359; 0 16386 TABLE DATA My app a log postgres
3360; 0 16386 TABLE DATA My app a logbook postgres
3214; 2606 16394 CONSTRAINT My app a log a log_pkey postgres
3215; 2606 16394 FK CONSTRAINT other b b_fkey postgres
`;

const CONTENTS = parseArchiveList(LIST);

function restored(kept: Partial<Parameters<typeof listToRestore>[1]>) {
  const list = CONTENTS === undefined ? "" : listToRestore(CONTENTS, {
    schemas: [],
    extensions: [],
    extensionTables: [],
    ...kept,
  });
  return list.split("\n").filter((line) => line !== "")
    .map((line) => line.replace(/^\d+; \d+ \d+ /, ""));
}

Deno.test("parseArchiveList() reads what the archive says of itself", () => {
  deepEqual(
    CONTENTS && [
      CONTENTS.database,
      CONTENTS.createdAt,
      CONTENTS.serverVersion,
      CONTENTS.entries.length,
      countTables(CONTENTS),
    ],
    ["my shop", "2026-11-22 22:59:48 UTC", "15.18", 16, 2],
  );
});

Deno.test("parseArchiveList() knows a text that is no list", () => {
  equal(parseArchiveList("-- PostgreSQL database dump\n"), undefined);
});

Deno.test("hasTable() tells a name from one that starts with it", () => {
  const found = ["a log", "a logbook", "a lo"].map((name) =>
    CONTENTS && hasTable(CONTENTS, { schema: "My app", name })
  );

  deepEqual(found, [true, true, false]);
});

Deno.test("listToRestore() takes everything into an empty database", () => {
  equal(restored({}).length, 16);
});

Deno.test("listToRestore() leaves out the log with all that belongs to it", () => {
  const lines = restored({ log: { schema: "My app", name: "a log" } });

  deepEqual(lines, [
    "SCHEMA - My app postgres",
    "SCHEMA - other postgres",
    "EXTENSION - citext ",
    "COMMENT - EXTENSION citext ",
    "TABLE My app a logbook postgres",
    "TABLE DATA My app a logbook postgres",
    "FK CONSTRAINT other b b_fkey postgres",
  ]);
});

Deno.test("listToRestore() leaves out schemas and extensions that are there", () => {
  const lines = restored({ schemas: ["My app"], extensions: ["citext"] });

  deepEqual(lines.slice(0, 2), [
    "SCHEMA - other postgres",
    "TABLE My app a log postgres",
  ]);
});

Deno.test("listToRestore() leaves the rows of tables of extensions out", () => {
  const table = { schema: "My app", name: "a log" };
  const kept = { schemas: [], extensions: [], extensionTables: [table] };

  const lines = restored(kept);

  deepEqual(lines.filter((line) => line.startsWith("TABLE")), [
    "TABLE My app a log postgres",
    "TABLE My app a logbook postgres",
    "TABLE DATA My app a logbook postgres",
  ]);
  deepEqual(CONTENTS && listUnrestored(CONTENTS, kept), [table]);
});

Deno.test("findMissingHalf() tells tables without rows, and the reverse", () => {
  const missing = (...kinds: readonly string[]) =>
    CONTENTS && findMissingHalf({
      ...CONTENTS,
      entries: kinds.map((kind) => ({ line: "", kind, rest: "" })),
    });

  equal(missing("TABLE", "TABLE DATA"), undefined);
  equal(missing("TABLE", "INDEX"), "rows");
  equal(missing("TABLE DATA"), "tables");
  equal(missing("EXTENSION", "TABLE DATA"), undefined);
  equal(missing("SCHEMA", "FUNCTION"), undefined);
});
