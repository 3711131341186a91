import { equal } from "node:assert/strict";
import { isBinaryCopy } from "../../../../src/core/sql/copy_format.ts";

const CASES: readonly (readonly [sql: string, isBinary: boolean])[] = [
  ["COPY t FROM stdin", false],
  ["COPY t FROM stdin WITH (FORMAT csv)", false],
  ["COPY t FROM stdin WITH (FORMAT binary)", true],
  ["COPY t FROM stdin (format 'BINARY')", true],
  ["COPY BINARY t FROM stdin", true],
  ["COPY t FROM stdin BINARY", true],
  ["COPY t (id, binary) FROM stdin", false],
  ["COPY s.binary FROM stdin", false],
  ["COPY t FROM stdin -- binary", false],
];

for (const [sql, isBinary] of CASES) {
  Deno.test(`isBinaryCopy() is ${isBinary} for ${sql}`, () => {
    equal(isBinaryCopy(sql), isBinary);
  });
}
