import { deepEqual, equal } from "node:assert/strict";
import { join } from "node:path";
import { findPgDumps } from "../../src/io/pg_dump.ts";

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

Deno.test("findPgDumps() asks the one of PATH first", async () => {
  await withProgram('echo "pg_dump (PostgreSQL) 99.1"', async (dir) => {
    const env = { PATH: `relative::${dir}:${dir}`, LD_LIBRARY_PATH: "/none" };

    const { found } = await findPgDumps(env);

    deepEqual(found[0], {
      path: join(dir, "pg_dump"),
      major: 99,
      version: "99.1",
    });
    equal(found.filter(({ major }) => major === 99).length, 1);
  });
});

Deno.test("findPgDumps() names one that does not tell its version", async () => {
  await withProgram("echo hello", async (dir) => {
    const { unusable } = await findPgDumps({ PATH: dir });

    deepEqual(unusable, [`${join(dir, "pg_dump")} does not tell its version`]);
  });
});

Deno.test("findPgDumps() names one that fails", async () => {
  await withProgram("exit 3", async (dir) => {
    const { unusable } = await findPgDumps({ PATH: dir });

    deepEqual(unusable, [`${join(dir, "pg_dump")} does not run`]);
  });
});
