import { deepEqual } from "node:assert/strict";
import { chooseTheme } from "../../../src/cli/terminal.ts";
import { fakeHost, type FakeProcess } from "./fake_host.ts";

type Case = readonly [
  claim: string,
  process: FakeProcess,
  colors: "on" | "off",
  symbols: "unicode" | "ascii",
];

const CASES: readonly Case[] = [
  ["a pipe", {}, "off", "ascii"],
  ["a terminal", { terminal: "yes" }, "on", "ascii"],
  ["NO_COLOR", { terminal: "yes", env: { NO_COLOR: "1" } }, "off", "ascii"],
  [
    "an empty NO_COLOR",
    { terminal: "yes", env: { NO_COLOR: "" } },
    "on",
    "ascii",
  ],
  [
    "a dumb terminal",
    { terminal: "yes", env: { TERM: "dumb" } },
    "off",
    "ascii",
  ],
  ["FORCE_COLOR", { env: { FORCE_COLOR: "1" } }, "on", "ascii"],
  [
    "FORCE_COLOR=0",
    { terminal: "yes", env: { FORCE_COLOR: "0" } },
    "off",
    "ascii",
  ],
  [
    "NO_COLOR and FORCE_COLOR",
    { env: { FORCE_COLOR: "1", NO_COLOR: "1" } },
    "off",
    "ascii",
  ],
  ["LANG", { env: { LANG: "de_DE.UTF-8" } }, "off", "unicode"],
  [
    "LC_ALL over LANG",
    { env: { LC_ALL: "C", LANG: "C.utf8" } },
    "off",
    "ascii",
  ],
  [
    "an empty LC_ALL",
    { env: { LC_ALL: "", LC_CTYPE: "C.utf8" } },
    "off",
    "unicode",
  ],
];

for (const [claim, process, colors, symbols] of CASES) {
  Deno.test(`chooseTheme() obeys ${claim}`, () => {
    deepEqual(chooseTheme(fakeHost(process), "stderr"), {
      columns: process.terminal === "yes" ? 80 : undefined,
      colors,
      symbols,
    });
  });
}
