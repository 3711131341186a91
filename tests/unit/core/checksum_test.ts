import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { checksumOf, createChecksum } from "../../../src/core/checksum.ts";

const encoder = new TextEncoder();

/** A text, and the bytes that its checksum is to be taken over. */
const CASES: readonly (readonly [text: string, hashed: string])[] = [
  ["", ""],
  ["SELECT 1;\n", "SELECT 1;\n"],
  ["a\r\nb\r\n", "a\nb\n"],
  ["a\rb\r", "a\rb\r"],
  ["\r\r\n\r", "\r\n\r"],
  ["\r\n\r\n", "\n\n"],
  ["\ufeffSELECT 1;\r\n", "SELECT 1;\n"],
  ["\ufeff", ""],
  ["\ufeff\ufeffa", "\ufeffa"],
  ["a\ufeff", "a\ufeff"],
  ["ﻠ and more", "ﻠ and more"],
  ["größe\r\n表\r\n", "größe\n表\n"],
];

for (const [text, hashed] of CASES) {
  const name = JSON.stringify(text);
  const bytes = encoder.encode(text);
  const expected = sha256(encoder.encode(hashed));

  Deno.test(`checksumOf() hashes ${name} without marks and CR`, () => {
    assert.equal(checksumOf(bytes), expected);
  });

  Deno.test(`createChecksum() is the same for ${name} cut anywhere`, () => {
    for (let i = 0; i <= bytes.length; i++) {
      for (let j = i; j <= bytes.length; j++) {
        assert.equal(inPieces(bytes, [i, j]), expected, `cut at ${i}, ${j}`);
      }
    }
  });
}

Deno.test("checksumOf() keeps a mark that is cut short", () => {
  assert.equal(
    checksumOf(Uint8Array.of(0xef, 0xbb)),
    sha256(Uint8Array.of(0xef, 0xbb)),
  );
});

Deno.test("createChecksum() keeps no view of a buffer that is reused", () => {
  const buffer = Uint8Array.of(0xef);
  const checksum = createChecksum();

  checksum.update(buffer);
  buffer[0] = 0x41;
  checksum.update(buffer);

  assert.equal(checksum.digest(), sha256(Uint8Array.of(0xef, 0x41)));
});

Deno.test("checksumOf() equals sha256sum for an ordinary file", () => {
  assert.equal(
    checksumOf(encoder.encode("abc")),
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  );
});

function inPieces(bytes: Uint8Array, [i, j]: [number, number]): string {
  const checksum = createChecksum();
  checksum.update(bytes.subarray(0, i));
  checksum.update(bytes.subarray(i, j));
  checksum.update(bytes.subarray(j));
  return checksum.digest();
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
