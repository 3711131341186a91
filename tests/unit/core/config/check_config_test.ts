import { deepEqual, equal } from "node:assert/strict";
import { complaintAbout, configOf } from "./config_sample.ts";

const SAMPLE = `migrations_dir = "db"
ignore = ["a,b.sql", "seed_*"]
lock_timeout = 0
allow_out_of_order = true
[vars]
role = "app"
limit = 1_000
deep = true
[env.production]
protected = true
lock_key = -5
database_url_file = "secrets/url"
direct_url = "host=x"
migrations_dir = "/srv/db"
[env.production.secret_vars]
password = "APP_PASSWORD"
[env.staging]
`;

function entriesOf(text: string, environment?: string) {
  const file = configOf(text);
  const section = environment === undefined
    ? file.common
    : file.environments.get(environment);
  return [...section?.entries ?? []].map(([name, entry]) =>
    [name, entry.form, entry.text, entry.location.line].join(" ")
  );
}

Deno.test("checkConfig() reads what stands above the sections", () => {
  deepEqual(entriesOf(SAMPLE), [
    "migrationsDir value ../db 1",
    "ignore value a,b.sql,seed_* 2",
    "lockTimeout value 0 3",
    "allowOutOfOrder value true 4",
  ]);
});

Deno.test("checkConfig() reads the section of an environment", () => {
  deepEqual(entriesOf(SAMPLE, "production"), [
    "lockKey value -5 11",
    "databaseUrl file ../secrets/url 12",
    "directUrl value host=x 13",
    "migrationsDir value /srv/db 14",
  ]);
});

Deno.test("checkConfig() reads variables, secret ones by their names", () => {
  const { common, environments } = configOf(SAMPLE);

  deepEqual(
    common.vars.map(({ name, value, location }) => [
      name,
      value,
      location.line,
    ]),
    [["role", "app", 6], ["limit", "1000", 7], ["deep", "true", 8]],
  );
  deepEqual(environments.get("production")?.secretVars, [{
    name: "password",
    value: "APP_PASSWORD",
    location: { path: "../lockstep.toml", line: 16, column: 1 },
  }]);
});

Deno.test("checkConfig() protects only what says so", () => {
  const { common, environments } = configOf(SAMPLE);

  equal(environments.get("production")?.isProtected, true);
  equal(environments.get("staging")?.isProtected, false);
  equal(common.isProtected, false);
});

Deno.test("checkConfig() makes the folder of a file that was found the project's", () => {
  equal(configOf("").projectDir, "..");
  equal(configOf("", "named").projectDir, undefined);
});

const FLAGS =
  'a key is called like a flag, with "_" for "-"; see "lockstep help"';

/** A document, and what is said of it. */
const WRONG: readonly (readonly [string, string])[] = [
  [
    '# x\nlock_timout = "3s"',
    '2:1 [unknown_setting] Cannot use the key "lock_timout" as there is no such setting here (did you mean "lock_timeout"?)',
  ],
  [
    'lock-timeout = "3s"',
    '1:1 [unknown_setting] Cannot use the key "lock-timeout" as there is no such setting here (did you mean "lock_timeout"?)',
  ],
  [
    "[env.a]\nxyzzy = 1",
    `2:1 [unknown_setting] Cannot use the key "xyzzy" as there is no such setting here (${FLAGS})`,
  ],
  [
    "[production]",
    '1:2 [unknown_setting] Cannot use the key "production" as there is no such setting here (write the section of an environment as [env.production])',
  ],
  [
    "[environments.production]",
    '1:2 [unknown_setting] Cannot use the key "environments" as there is no such setting here (write the section of an environment as [env.<name>])',
  ],
  [
    "protected = true",
    '1:1 [unknown_setting] Cannot use the key "protected" as there is no such setting here (only an environment can be protected: write it under [env.<name>])',
  ],
  [
    "json = true",
    '1:1 [unknown_setting] Cannot use the key "json" as there is no such setting here (give it as --json or LOCKSTEP_JSON)',
  ],
  [
    "__proto__ = 1",
    `1:1 [unknown_setting] Cannot use the key "__proto__" as there is no such setting here (${FLAGS})`,
  ],
  [
    "lock_timeout = 30",
    '1:1 [invalid_setting] Cannot set "lock_timeout" to 30 as that is no time (give it a number with a unit in quotes, such as "500ms", "30s", "5m" or "1h" (at most "596h"), or 0)',
  ],
  [
    'max_statement_size = "1GB"',
    '1:1 [invalid_setting] Cannot set "max_statement_size" to "1GB" as that is no size in its range (give it a number with a unit in quotes, such as "64MB", at most "256MB")',
  ],
  [
    "lock_key = 99999999999999999999",
    '1:1 [invalid_setting] Cannot set "lock_key" to 99999999999999999999 as that is no whole number in its range (give it a whole number from -2147483648 to 2147483647)',
  ],
  [
    "lock_key = 1.0",
    '1:1 [invalid_setting] Cannot set "lock_key" to 1 as that is no whole number in its range (give it a whole number from -2147483648 to 2147483647)',
  ],
  [
    'allow_out_of_order = "yes"',
    '1:1 [invalid_setting] Cannot set "allow_out_of_order" to "yes" as that is neither true nor false (give it true or false, without quotes)',
  ],
  [
    'ignore = "a"',
    '1:1 [invalid_setting] Cannot set "ignore" to "a" as that is no list of texts (give it a list of texts, such as ["seed_*.sql"])',
  ],
  [
    'ignore = ["a", " "]',
    '1:1 [invalid_setting] Cannot set "ignore" to a list as that is no list of texts (give it a list of texts, such as ["seed_*.sql"])',
  ],
  [
    'table = ""',
    '1:1 [invalid_setting] Cannot use "table" as it is empty (give it a text in quotes)',
  ],
  [
    "table = 1979-05-27",
    '1:1 [invalid_setting] Cannot set "table" to a date as that is no text (give it a text in quotes)',
  ],
  [
    "table = { a = 1 }",
    '1:1 [invalid_setting] Cannot set "table" to a table as that is no text (give it a text in quotes)',
  ],
  [
    'database_url = ["postgres://u:hunter2@h"]',
    '1:1 [invalid_setting] Cannot use "database_url" as it is no text (give it a text in quotes)',
  ],
  [
    'table = "x"\ndirect_url_file = 3',
    '2:1 [invalid_setting] Cannot set "direct_url_file" to 3 as that is no path (give it a path in quotes)',
  ],
  [
    '[env.a]\ndatabase_url = "a"\ndatabase_url_file = "b"',
    '3:1 [invalid_setting] Cannot use "database_url_file" as "database_url" is set at the same time (remove one of the two)',
  ],
  [
    "vars_from_env = 'A-B'",
    '1:1 [invalid_setting] Cannot set "vars_from_env" to "A-B" as that is no start of a name (give it the start of a name in quotes, such as "APP_")',
  ],
  [
    "[env.a]\nprotected = 1",
    '2:1 [invalid_setting] Cannot set "protected" to 1 as that is neither true nor false (give it true or false, without quotes)',
  ],
  [
    "vars = 1",
    '1:1 [invalid_setting] Cannot use "vars" as it is no table (write a section [vars])',
  ],
  [
    "env = 1",
    '1:1 [invalid_setting] Cannot use "env" as it is no table (write a section [env.<name>])',
  ],
  [
    "[env]\na = 1",
    '2:1 [invalid_setting] Cannot use "env.a" as it is no table (write a section [env.a])',
  ],
  [
    '[env."a b"]',
    '1:6 [invalid_setting] Cannot use the environment "a b" as that is no name of one (give it a name of letters, digits, underscores and dashes)',
  ],
  [
    '[vars]\n"a b" = 1',
    '2:1 [invalid_setting] Cannot use the variable "a b" as that is no name of one (a name has letters, digits and underscores)',
  ],
  [
    "[vars]\na = 1.5",
    '2:1 [invalid_setting] Cannot use the variable "a" as its value is no text (write the value in quotes)',
  ],
  [
    '[vars]\na = "\\u0000"',
    '2:1 [invalid_setting] Cannot use the variable "a" as its value is no text (write the value in quotes)',
  ],
  [
    '[secret_vars]\na = "hunter 2"',
    '2:1 [invalid_setting] Cannot use the secret "a" as its value is no name of a variable (name the variable of the environment that holds the secret, such as a = "APP_SECRET")',
  ],
];

for (const [text, complaint] of WRONG) {
  Deno.test(`checkConfig() refuses ${JSON.stringify(text)} and says where`, () => {
    equal(complaintAbout(text), complaint);
  });
}

Deno.test("checkConfig() shows no password that stands in the wrong place", () => {
  const complaint = complaintAbout('wait = "postgres://u:hunter2@h/db"');

  equal(complaint?.includes("hunter2"), false);
});
