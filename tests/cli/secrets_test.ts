import { equal, match, notEqual, ok } from "node:assert/strict";
import { join } from "node:path";
import { type CliResult, runLockstep } from "../helpers/cli.ts";
import { type TestDatabase, withDatabase } from "../helpers/database.ts";
import { withProject } from "../helpers/project.ts";
import {
  HOSTILE_PASSWORD,
  keywordEscaped,
  percentEncoded,
  PLAIN_PASSWORD,
  requireNoSecret,
} from "../helpers/secrets.ts";

/** How a person gives a password, in flags and variables. */
interface Given {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

type Way = (place: Place, password: string) => Given;

interface Place {
  readonly host: string;
  readonly port: string;
  readonly user: string;
  readonly database: string;
  /** A folder for files; the home folder too. */
  readonly dir: string;
}

async function writeSecret(path: string, text: string): Promise<void> {
  await Deno.writeTextFile(path, text, { mode: 0o600 });
}

/** What each way to give a password is, as it should be written. */
const WAYS: Readonly<Record<string, Way>> = {
  "an encoded URL": ({ host, port, user, database }, password) => ({
    args: [
      "--database-url",
      `postgres://${user}:${
        percentEncoded(password)
      }@${host}:${port}/${database}`,
    ],
  }),
  "a parameter of a URL": ({ host, port, user, database }, password) => ({
    env: {
      DATABASE_URL: `postgres://${host}:${port}/${database}?user=${user}` +
        `&password=${percentEncoded(password)}`,
    },
  }),
  "a connection string": ({ host, port, user, database }, password) => ({
    env: {
      DATABASE_URL: `host=${host} port=${port} user=${user} password='${
        keywordEscaped(password)
      }' dbname=${database}`,
    },
  }),
  "PGPASSWORD": ({ host, port, user, database }, password) => ({
    env: {
      PGHOST: host,
      PGPORT: port,
      PGUSER: user,
      PGDATABASE: database,
      PGPASSWORD: password,
    },
  }),
  "PGPASSWORD_FILE": ({ host, port, user, database, dir }) => ({
    env: {
      DATABASE_URL: `postgres://${user}@${host}:${port}/${database}`,
      PGPASSWORD_FILE: join(dir, "password"),
    },
  }),
  ".pgpass": ({ host, port, user, database, dir }) => ({
    env: {
      DATABASE_URL: `postgres://${user}@${host}:${port}/${database}`,
      PGPASSFILE: join(dir, "pgpass"),
    },
  }),
  "a service file": ({ dir }) => ({
    env: { PGSERVICE: "shop", PGSERVICEFILE: join(dir, "services") },
  }),
  "DATABASE_URL_FILE": ({ dir }) => ({
    env: { DATABASE_URL_FILE: join(dir, "url") },
  }),
};

const FORMATS = "human json jsonl junit github gitlab sarif markdown".split(
  " ",
);

/** Writes the files that the ways name. */
async function writeFiles(place: Place, password: string): Promise<void> {
  const { host, port, user, database, dir } = place;
  await writeSecret(join(dir, "password"), `${password}\n`);
  const escaped = password.replace(/[:\\]/g, (character) => `\\${character}`);
  await writeSecret(join(dir, "pgpass"), `*:*:*:*:${escaped}\n`);
  await writeSecret(
    join(dir, "services"),
    `[shop]\nhost=${host}\nport=${port}\nuser=${user}\ndbname=${database}\n` +
      `password=${password}\n`,
  );
  await writeSecret(
    join(dir, "url"),
    `postgres://${user}:${
      percentEncoded(password)
    }@${host}:${port}/${database}\n`,
  );
}

async function withRoleOf(
  password: string,
  test: (place: Place, db: TestDatabase) => Promise<void>,
): Promise<void> {
  await withDatabase((db) =>
    withProject({ "001_a.sql": "SELECT 1;\n" }, async (dir) => {
      const { hostname: host, port } = new URL(db.url);
      const user = `${db.name}_role`;
      const literal = `'${password.replaceAll("'", "''")}'`;
      await db.query(`CREATE ROLE ${user} LOGIN PASSWORD ${literal}`);
      await db.query(`GRANT CREATE ON SCHEMA public TO ${user}`);
      const place = { host, port, user, database: db.name, dir };
      await writeFiles(place, password);
      await test(place, db);
      await db.query(`DROP OWNED BY ${user} CASCADE; DROP ROLE ${user}`);
    })
  );
}

async function runQuietly(
  command: readonly string[],
  { args = [], env = {} }: Given,
  dir: string,
): Promise<CliResult> {
  const result = await runLockstep([...command, ...args], {
    cwd: dir,
    env: { HOME: dir, ...env },
  });
  requireNoSecret(result.stdout + result.stderr, command.join(" "));
  ok(!result.stderr.includes("    at "), result.stderr);
  return result;
}

const COMMANDS: readonly (readonly string[])[] = [
  ["status"],
  ["migrate", "--json"],
  ["plan"],
  ["rollback", "--dry-run", "--quiet"],
  ["history"],
  ["doctor"],
  ["init"],
];

Deno.test("lockstep shows no password that lets it in, however it is given", async (t) => {
  await withRoleOf(HOSTILE_PASSWORD, async (place, db) => {
    for (const [name, way] of Object.entries(WAYS)) {
      await t.step(name, async () => {
        const given = way(place, HOSTILE_PASSWORD);
        for (const command of [["status"], ["migrate", "--json"]]) {
          const { code, stderr } = await runQuietly(command, given, place.dir);
          equal(code, 0, stderr);
        }
      });
    }
    const rows = await db.query(
      "SELECT query_to_xml('SELECT * FROM schema_migrations', true, true, '')" +
        "::text || query_to_xml('SELECT * FROM schema_migrations_log', true, " +
        "true, '')::text AS all",
    );
    requireNoSecret(JSON.stringify(rows), "the tracking tables");
  });
});

Deno.test("lockstep shows no password that is refused, in no command", async (t) => {
  await withRoleOf("another", async (place) => {
    await writeFiles(place, HOSTILE_PASSWORD);
    for (const [name, way] of Object.entries(WAYS)) {
      await t.step(name, async () => {
        const given = way(place, HOSTILE_PASSWORD);
        for (const command of COMMANDS) {
          const { code } = await runQuietly(command, given, place.dir);
          equal(code, 7, command.join(" "));
        }
      });
    }
    for (const format of FORMATS) {
      await t.step(`--output ${format}`, async () => {
        const given = WAYS["an encoded URL"]?.(place, HOSTILE_PASSWORD) ?? {};
        const command = ["migrate", "--output", format];
        const { code } = await runQuietly(command, given, place.dir);
        equal(code, 7);
      });
    }
  });
});

/** Where no server answers as it should, by what is told about it. */
const UNREACHABLE: Readonly<Record<string, Partial<Place>>> = {
  "an unknown host": { host: "nosuch.invalid" },
  "a port where nobody listens": { port: "1" },
  "a port that is none": { port: "99999" },
  "a host with a code for the terminal": { host: "a%1b[31mb" },
};

Deno.test("lockstep shows no password when there is no server", async (t) => {
  await withProject({}, async (dir) => {
    const base = { host: "127.0.0.1", port: "1", user: "u", database: "d" };
    for (const [name, change] of Object.entries(UNREACHABLE)) {
      const place = { ...base, ...change, dir };
      await writeFiles(place, HOSTILE_PASSWORD);
      for (const [way, give] of Object.entries(WAYS)) {
        await t.step(`${name}, given by ${way}`, async () => {
          const given = give(place, HOSTILE_PASSWORD);
          const human = await runQuietly(["status"], given, dir);
          const json = await runQuietly(["status", "--json"], given, dir);
          notEqual(human.code, 0);
          equal(json.code, human.code);
        });
      }
    }
  });
});

function url(password: string, rest = "@127.0.0.1:1/d"): string {
  return `postgres://u:${password}${rest}`;
}

/** Where a password lands by mistake: every one is an error, and tells none. */
const MISTAKES: Readonly<Record<string, Given>> = {
  "a URL that is not encoded": {
    args: ["--database-url", url(HOSTILE_PASSWORD)],
  },
  "a URL that could be": { args: ["--database-url", url(PLAIN_PASSWORD)] },
  "a URL without a host": {
    args: ["--database-url", url(HOSTILE_PASSWORD, "")],
  },
  "a URL with a bad port": {
    args: ["--database-url", url(percentEncoded(HOSTILE_PASSWORD), "@h:x/d")],
  },
  "a URL with the password as port": {
    args: ["--database-url", `postgres://h:${HOSTILE_PASSWORD}`],
  },
  "a URL with an unknown parameter": {
    args: [
      "--database-url",
      url(percentEncoded(HOSTILE_PASSWORD), `@h/d?pasword=${PLAIN_PASSWORD}`),
    ],
  },
  "a bad sslmode": {
    args: ["--database-url", url("x", `@h/d?sslmode=${PLAIN_PASSWORD}`)],
  },
  "TLS where there is none": {
    args: [
      "--database-url",
      url(
        percentEncoded(HOSTILE_PASSWORD),
        "@127.0.0.1:1/d?sslmode=verify-full",
      ),
    ],
  },
  "a URL of another kind": {
    args: ["--database-url", `mysql://u:${HOSTILE_PASSWORD}@h/d`],
  },
  "a URL without its colon": {
    args: ["--database-url", `postgres//u:${HOSTILE_PASSWORD}@h/d`],
  },
  "a connection string without quotes": {
    args: ["--database-url", `host=h password=${HOSTILE_PASSWORD} user=u`],
  },
  "a connection string with open quotes": {
    args: ["--database-url", `host=h user=u password='${HOSTILE_PASSWORD}`],
  },
  "a connection string with a wrong keyword": {
    args: [
      "--database-url",
      `host=h pass='${keywordEscaped(HOSTILE_PASSWORD)}'`,
    ],
  },
  "a connection string with spaces": {
    args: [
      "--database-url",
      `host=h password = '${keywordEscaped(HOSTILE_PASSWORD)}' hots=3`,
    ],
  },
  "a URL as an argument": { args: [url(HOSTILE_PASSWORD)] },
  "a URL as a flag": { args: [`--databse-url=${url(HOSTILE_PASSWORD)}`] },
  "a password as a flag": { args: [`--password=${HOSTILE_PASSWORD}`] },
  "a URL as a table": { args: ["--table", url(HOSTILE_PASSWORD)] },
  "a URL as a time": { args: ["--lock-timeout", url(HOSTILE_PASSWORD)] },
  "a URL as a size": { args: ["--max-statement-size", url(HOSTILE_PASSWORD)] },
  "a URL as a key": { args: ["--lock-key", url(HOSTILE_PASSWORD)] },
  "a connection string as a time": {
    args: ["--wait", `host=h password=${HOSTILE_PASSWORD}`],
  },
  "a secret typed in full": {
    args: ["--secret-var", `pw=${HOSTILE_PASSWORD}`],
  },
  "a secret without a name": { args: ["--secret-var", HOSTILE_PASSWORD] },
  "a variable without a name": { args: ["--var", HOSTILE_PASSWORD] },
  "a password where a file belongs": {
    env: { PGPASSWORD_FILE: HOSTILE_PASSWORD },
  },
  "a URL where a file belongs": {
    env: { DATABASE_URL_FILE: url(HOSTILE_PASSWORD) },
  },
};

Deno.test("lockstep shows no password that is in the wrong place", async (t) => {
  await withProject({ "001_a.sql": "SELECT 1;\n" }, async (dir) => {
    for (const [name, { args = [], env = {} }] of Object.entries(MISTAKES)) {
      await t.step(name, async () => {
        const given = {
          args: [...args, "--allow-out-of-order"],
          env: { DATABASE_URL: url("x"), ...env },
        };
        for (const command of [["status"], ["migrate", "--json"]]) {
          const { code } = await runQuietly(command, given, dir);
          ok([2, 3, 7].includes(code), String(code));
        }
      });
    }
  });
});

const TOML_URL = JSON.stringify(url(percentEncoded(HOSTILE_PASSWORD)));
const TOML_PLAIN = JSON.stringify(url(PLAIN_PASSWORD));

/** Configuration files, right and wrong. */
const CONFIGS: readonly string[] = [
  `database_url = ${TOML_URL}`,
  `database_url = ${TOML_PLAIN}`,
  `database_url = ${TOML_PLAIN.slice(0, -1)}`,
  `database_url = ${TOML_PLAIN.slice(1, -1)}`,
  `databse_url = ${TOML_PLAIN}`,
  `database_url = [${TOML_PLAIN}]`,
  `database_url = "host=127.0.0.1 port=1 user=u password=${
    PLAIN_PASSWORD.slice(0, 30)
  }"`,
  `table = ${TOML_PLAIN}`,
  `lock_timeout = "password = ${PLAIN_PASSWORD.slice(0, 30)}"`,
  `password = ${JSON.stringify(PLAIN_PASSWORD)}`,
  `database_url_file = ${JSON.stringify(PLAIN_PASSWORD)}`,
  `[secret_vars]\npw = ${JSON.stringify(PLAIN_PASSWORD)}`,
  `[environments.test\ndatabase_url = ${TOML_URL}`,
];

Deno.test("lockstep shows no password of its configuration file", async (t) => {
  await withProject({ "001_a.sql": "SELECT 1;\n" }, async (dir) => {
    for (const config of CONFIGS) {
      await t.step(config.slice(0, 20), async () => {
        await Deno.writeTextFile(join(dir, "lockstep.toml"), `${config}\n`);
        for (const command of [["status"], ["doctor", "--json"]]) {
          const { code } = await runQuietly(command, {}, dir);
          notEqual(code, 0);
        }
      });
    }
    await Deno.writeTextFile(
      join(dir, "lockstep.toml"),
      `database_url = ${TOML_URL}\n`,
    );
    const { code, stdout } = await runQuietly(["config"], {}, dir);
    equal(code, 0);
    match(stdout, /host=127\.0\.0\.1 port=1/);
  });
});

Deno.test("lockstep shows no URL that is typed for a command", async () => {
  const { code, stderr } = await runQuietly([url(HOSTILE_PASSWORD)], {}, "/");

  equal(code, 2);
  match(stderr, /Cannot run "postgres:\/\/\*\*\*" as there is no such command/);
});

Deno.test("lockstep refuses a secret too short to be kept out of the output", async () => {
  const { code, stderr } = await runLockstep(
    ["status", "--secret-var", "pin=PIN"],
    { env: { DATABASE_URL: url("x"), PIN: "a1z" } },
  );

  equal(code, 2);
  match(stderr, /the secret "pin" as its value has fewer than 4 characters/);
});
