import { deepEqual, equal, ok } from "node:assert/strict";
import { Ajv2020 } from "ajv/dist/2020.js";
import { parse } from "smol-toml";
import { configKeys } from "../../../../src/core/config/config_keys.ts";
import { configSchema } from "../../../../src/core/config/config_schema.ts";
import { complaintAbout } from "./config_sample.ts";

const validate = new Ajv2020({ allErrors: true }).compile(configSchema());

/** What is right and what is wrong, for both the schema and the program. */
const DOCUMENTS: readonly string[] = [
  "",
  'migrations_dir = "db"\ntable = "a.b"',
  'table = ""',
  "table = 1",
  'tabel = "x"',
  "json = true",
  'lock_timeout = "10 S"',
  'lock_timeout = " 5min "',
  'lock_timeout = "10"',
  'lock_timeout = "00"',
  "lock_timeout = 0",
  "lock_timeout = 1",
  'max_statement_size = "1kib"',
  'max_statement_size = "1 mB"',
  'max_statement_size = "0"',
  "max_statement_size = 0",
  "lock_key = -2147483648",
  "lock_key = -2147483649",
  "lock_key = 1.5",
  "allow_out_of_order = false",
  'allow_out_of_order = "false"',
  "ignore = []",
  'ignore = ["a", "b,c"]',
  'ignore = ["a", ""]',
  'ignore = ["\\t"]',
  'ignore = "a"',
  'vars_from_env = "APP_"',
  'vars_from_env = "APP-"',
  'database_url = "x"',
  'database_url_file = "x"',
  'database_url = "x"\ndatabase_url_file = "x"',
  'direct_url = "x"\ndirect_url_file = "x"',
  'direct_url = "x"\ndatabase_url_file = "x"',
  '[vars]\na = "x"\n"ü" = 3\nb = true\n1 = ""',
  "[vars]\na = 1.5",
  "[vars]\na = []",
  '[vars]\n"a-b" = "x"',
  '[vars]\n"" = "x"',
  '[vars]\na = "\\u0000"',
  "vars = []",
  '[secret_vars]\na = "A_1"',
  '[secret_vars]\na = "1_A"',
  "[secret_vars]\na = 1",
  "protected = true",
  "[env.a]\nprotected = true",
  '[env.a]\nprotected = "true"',
  '[env.a]\nlock_timeout = "1h"\n[env.a.vars]\nx = 1',
  '[env.a]\nlock_timout = "1h"',
  "[env.a.env.b]",
  '[env."a.b"]',
  "[env.a-B_9]",
  "[[env]]",
  "env = 1",
];

for (const text of DOCUMENTS) {
  Deno.test(`configSchema() judges ${JSON.stringify(text)} as the program does`, () => {
    const isAccepted = complaintAbout(text) === undefined;

    equal(
      validate(JSON.parse(JSON.stringify(parse(text)))),
      isAccepted,
      JSON.stringify(validate.errors),
    );
  });
}

Deno.test("configSchema() has both right and wrong documents to judge", () => {
  const right = DOCUMENTS.filter((text) => complaintAbout(text) === undefined);

  ok(right.length > 15 && DOCUMENTS.length - right.length > 15);
});

Deno.test("configSchema() accepts every default that it names", () => {
  const given = configKeys().flatMap(({ key, row }) =>
    row?.default === undefined ? [] : [
      `${key} = ${
        ["integer", "switch"].includes(row.type)
          ? row.default
          : JSON.stringify(row.default)
      }`,
    ]
  );

  ok(given.length > 8);
  deepEqual(given.map(complaintAbout).filter((one) => one !== undefined), []);
  ok(validate(parse(given.join("\n"))), JSON.stringify(validate.errors));
});

for (const page of ["README.md", "docs/reference.md"]) {
  Deno.test(`the example in ${page} is a correct lockstep.toml`, async () => {
    const text = await Deno.readTextFile(
      new URL(`../../../../${page}`, import.meta.url),
    );
    const [, example = "xyzzy"] = /```toml\n(.*?)```/s.exec(text) ?? [];

    equal(complaintAbout(example), undefined);
  });
}
