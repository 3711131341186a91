import assert from "node:assert/strict";
import { createEncodingCheck } from "../../../../src/core/plan/encoding_check.ts";
import { createLexer } from "../../../../src/core/sql/lexer.ts";
import { FileError } from "../../../../src/errors.ts";

/** The message and the line of the error, or "" when there is none. */
function refusal(script: string): string {
  const lexer = createLexer({ path: "001_a.sql" });
  const check = createEncodingCheck("001_a.sql");
  const bytes = new TextEncoder().encode(script);
  try {
    for (const item of [...lexer.push(bytes), ...lexer.end()]) check.see(item);
    return "";
  } catch (error) {
    assert.ok(error instanceof FileError);
    assert.equal(error.code, "invalid_encoding");
    return `${error.location?.line}: ${error.message}`;
  }
}

const REFUSED: Readonly<Record<string, string>> = {
  "SET client_encoding = 'LATIN1';\nSELECT 'é';": "LATIN1",
  "set Session Client_Encoding to latin1;\nSELECT 'é';": "latin1",
  "SET LOCAL client_encoding = win1252;\nSELECT 1;\nSELECT 'é';": "win1252",
  "SET NAMES 'latin1';\nSELECT 'é';": "latin1",
  "SELECT pg_catalog.set_config('client_encoding', 'EUC_JP', false);\nSELECT 'é';":
    "EUC_JP",
  "SET client_encoding = 'LATIN1';\nCOPY t FROM stdin;\na\né\n\\.\n": "LATIN1",
};

for (const [script, encoding] of Object.entries(REFUSED)) {
  Deno.test(`createEncodingCheck() refuses ${JSON.stringify(script)}`, () => {
    assert.ok(
      refusal(script).startsWith(
        `1: Cannot plan as line 1 sets client_encoding to ${encoding} and `,
      ),
      refusal(script),
    );
  });
}

const ALLOWED: readonly string[] = [
  "SET client_encoding = 'UTF8'; SELECT 'é'",
  "SET client_encoding = 'utf-8'; SELECT 'é'",
  "SET client_encoding TO Unicode; SELECT 'é'",
  "SET client_encoding TO DEFAULT; SELECT 'é'",
  "SET client_encoding = 'SQL_ASCII'; SELECT 'é'",
  "SET client_encoding = 'LATIN1'; SELECT 'e'; COPY t FROM stdin;\na\n\\.\n",
  "SELECT 'é'; SET client_encoding = 'LATIN1'; SELECT 'e' -- é",
  "SET client_encoding = 'LATIN1'; RESET client_encoding; SELECT 'é'",
  "SET client_encoding = 'LATIN1'; RESET ALL; SELECT 'é'",
  "SET client_encoding = 'LATIN1'; DISCARD ALL; SELECT 'é'",
  "SET search_path = client_encoding; SELECT 'é'",
];

for (const script of ALLOWED) {
  Deno.test(`createEncodingCheck() allows ${JSON.stringify(script)}`, () => {
    assert.equal(refusal(script), "");
  });
}
