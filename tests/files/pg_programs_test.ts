import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { join } from "node:path";
import {
  findPrograms,
  requireProgram,
} from "../../src/io/backup/pg_programs.ts";
import { ConfigError } from "../../src/errors.ts";

async function withProgram(
  script: string,
  test: (dir: string) => Promise<void>,
): Promise<void> {
  const dir = await Deno.makeTempDir({ prefix: "lockstep-test-" });
  try {
    await Deno.writeTextFile(join(dir, "pg_dump"), `#!/bin/sh\n${script}\n`, {
      mode: 0o755,
    });
    await test(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

Deno.test("findPrograms() asks the one of PATH first", async () => {
  await withProgram('echo "pg_dump (PostgreSQL) 99.1"', async (dir) => {
    const env = { PATH: `relative::${dir}:${dir}`, LD_LIBRARY_PATH: "/none" };

    const { found } = await findPrograms("pg_dump", { env, cwd: dir });

    deepEqual(found[0], {
      path: join(dir, "pg_dump"),
      major: 99,
      version: "99.1",
    });
    equal(found.filter(({ major }) => major === 99).length, 1);
  });
});

Deno.test("findPrograms() names one that does not tell its version", async () => {
  await withProgram("echo hello", async (dir) => {
    const { unusable } = await findPrograms("pg_dump", {
      env: { PATH: dir },
      cwd: dir,
    });

    equal(unusable[0], `${join(dir, "pg_dump")} does not tell its version`);
  });
});

Deno.test("findPrograms() names one that fails", async () => {
  await withProgram("exit 3", async (dir) => {
    const { unusable } = await findPrograms("pg_dump", {
      env: { PATH: dir },
      cwd: dir,
    });

    equal(unusable[0], `${join(dir, "pg_dump")} does not run`);
  });
});

Deno.test("findPrograms() asks only the one that is named", async () => {
  await withProgram('echo "pg_dump (PostgreSQL) 99.1"', async (dir) => {
    const { found } = await findPrograms("pg_dump", {
      env: { PATH: "/usr/bin" },
      cwd: dir,
      pgDump: "pg_dump",
    });

    deepEqual(found.map(({ path }) => path), [join(dir, "pg_dump")]);
  });
});

Deno.test("findPrograms() looks for pg_restore beside the pg_dump that is named", async () => {
  await withProgram('echo "pg_dump (PostgreSQL) 99.1"', async (dir) => {
    const { found } = await findPrograms("pg_restore", {
      env: { PATH: "/usr/bin" },
      cwd: dir,
      pgDump: join(dir, "pg_dump"),
    });

    deepEqual(found, []);
  });
});

Deno.test("requireProgram() refuses one that is older than the server", async () => {
  await withProgram('echo "pg_dump (PostgreSQL) 15.1"', async (dir) => {
    const places = { env: {}, cwd: dir, pgDump: "pg_dump" };

    await rejects(requireProgram("pg_dump", places, 18), (error) => {
      match(String(error), /as its version is 15\.1 and the server's is 18$/);
      return error instanceof ConfigError && error.code === "pg_dump_too_old" &&
        /PostgreSQL 18/.test(error.hint ?? "");
    });
  });
});

Deno.test("requireProgram() says that there is none where --pg-dump points", async () => {
  const places = { env: {}, cwd: "/", pgDump: "/nowhere/pg_dump" };

  await rejects(
    requireProgram("pg_dump", places, 18),
    { code: "pg_dump_missing", message: /as there is none where --pg-dump/ },
  );
});
