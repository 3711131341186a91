import { deepEqual, ok } from "node:assert/strict";
import {
  ERROR_CATALOG,
  EXIT_MEANINGS,
} from "../../../src/core/error_catalog.ts";
import * as errors from "../../../src/errors.ts";

Deno.test("ERROR_CATALOG has every error class", () => {
  const classes = Object.keys(errors).filter((name) =>
    name.endsWith("Error") && name !== "LockstepError"
  );

  deepEqual(ERROR_CATALOG.map(({ name }) => name).sort(), classes.sort());
});

Deno.test("ERROR_CATALOG has each code once", () => {
  const codes = ERROR_CATALOG.flatMap((group) => Object.keys(group.codes));

  deepEqual(codes, [...new Set(codes)]);
});

Deno.test("EXIT_MEANINGS explains every exit", () => {
  deepEqual(
    Object.keys(EXIT_MEANINGS).sort(),
    Object.keys(errors.EXIT).sort(),
  );
});

Deno.test("a code that is also the word of an exit has that exit", () => {
  const words = Object.keys(errors.EXIT);
  const wrong = ERROR_CATALOG.flatMap(({ codes, exits }) =>
    Object.keys(codes).filter((code) =>
      words.includes(code) && !exits.some((exit) => exit === code)
    )
  );

  deepEqual(wrong, []);
});

/** All of src but the two files that only list the codes. */
function readSources(folder = "src"): readonly string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => {
    const path = `${folder}/${name}`;
    if (isDirectory) return readSources(path);
    const isList = path === "src/errors.ts" ||
      path === "src/core/error_catalog.ts";
    return isList || !name.endsWith(".ts") ? [] : [Deno.readTextFileSync(path)];
  });
}

Deno.test("ERROR_CATALOG has no code that nothing raises", () => {
  const sources = readSources().join("\n");

  const unused = ERROR_CATALOG
    .filter(({ name }) => name !== "InterruptedError")
    .flatMap(({ codes }) => Object.keys(codes))
    .filter((code) => !sources.includes(`"${code}"`));

  deepEqual(unused, []);
});

Deno.test("ERROR_CATALOG has every code that is raised, under its class", () => {
  const raised = [
    ...readSources().join("\n").matchAll(
      /new ([A-Z]\w+Error)\(\s*"([a-z_]+)",/g,
    ),
  ];

  const unknown = raised.filter(([, name, code = ""]) => {
    const listed = ERROR_CATALOG.find((group) => group.name === name);
    return listed?.codes[code] === undefined;
  });

  ok(raised.length > 100);
  deepEqual(unknown.map(([text]) => text), []);
});
