import assert from "node:assert/strict";
import { parseServerVersion } from "../../../../src/core/connection/server_version.ts";

const CASES: Readonly<Record<string, number>> = {
  "18.4": 180004,
  "15.18 (Debian 15.18-0+deb12u1)": 150018,
  "18beta1": 180000,
  "19devel": 190000,
  "14.0": 140000,
  "9.6.24": 90624,
  "unknown": 0,
  "": 0,
};

for (const [text, version] of Object.entries(CASES)) {
  Deno.test(`parseServerVersion() reads ${JSON.stringify(text)}`, () => {
    assert.equal(parseServerVersion(text), version);
  });
}
