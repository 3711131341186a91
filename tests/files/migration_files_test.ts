import { fileURLToPath } from "node:url";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { Buffer } from "node:buffer";
import { join } from "node:path";
import { ConfigError } from "../../src/errors.ts";
import {
  type LoadedMigrations,
  loadMigrations,
  readListed,
} from "../../src/io/migration_files.ts";
import { listFolder, requireFolder } from "../../src/io/migration_folder.ts";
import { type FolderContent, withFolder } from "./folder.ts";

Deno.test("loadMigrations() reads files of both kinds of version", async () => {
  await withFolder({
    "migrations/20250105120000_b.sql": "-- Dependencies: 002_a.sql\nSELECT 1;",
    "migrations/002_a.sql": "-- Author: Ada\n",
    "migrations/rollbacks/2_a_down.sql": "SELECT 2;",
    "migrations/README.md": "",
  }, async (cwd) => {
    const loaded = await loadMigrations("migrations", { cwd });

    assert.deepEqual(loaded, {
      findings: [],
      migrations: [
        {
          version: "002",
          name: "a",
          up: {
            path: "migrations/002_a.sql",
            header: { author: "Ada", dependencies: [], directives: {} },
            checksum: sha256("-- Author: Ada\n"),
            sizeBytes: 15,
          },
          down: {
            path: "migrations/rollbacks/2_a_down.sql",
            header: { dependencies: [], directives: {} },
            checksum: sha256("SELECT 2;"),
            sizeBytes: 9,
          },
        },
        {
          version: "20250105120000",
          name: "b",
          up: {
            path: "migrations/20250105120000_b.sql",
            header: {
              dependencies: ["002_a.sql"],
              dependenciesLine: 1,
              directives: {},
            },
            checksum: sha256("-- Dependencies: 002_a.sql\nSELECT 1;"),
            sizeBytes: 36,
          },
        },
      ],
    });
  });
});

Deno.test("loadMigrations() shows paths from the working directory", async () => {
  await withFolder({ "m/001_a.sql": "", "other/x": "" }, async (cwd) => {
    const pathFrom = async (dir: string, from: string) =>
      (await loadMigrations(dir, { cwd: from })).migrations[0]?.up.path;

    assert.equal(await pathFrom("./m/", cwd), "m/001_a.sql");
    assert.equal(await pathFrom(join(cwd, "m"), cwd), "m/001_a.sql");
    assert.equal(await pathFrom(".", join(cwd, "m")), "001_a.sql");
    assert.equal(await pathFrom("../m", join(cwd, "other")), "../m/001_a.sql");
    assert.equal(
      await pathFrom(join(cwd, "m"), join(cwd, "other")),
      join(cwd, "m/001_a.sql"),
    );
  });
});

Deno.test("loadMigrations() leaves out what is no migration", async () => {
  await withFolder({
    "m/.001_hidden.sql": "",
    "m/.#001_lock.sql": "",
    "m/001_a.sql~": "",
    "m/.001_a.sql.swp": "",
    "m/#001_a.sql#": "",
    "m/001_a.sql.bak": "",
    "m/001_a.sql.orig": "",
    "m/notes.txt": "",
    "m/001_folder.sql/x.sql": "",
    "m/folder.sql/x.sql": "",
    "m/other/002_b.sql": "",
    "m/rollbacks/.hidden.sql": "",
    "m/rollbacks/001_x_down.sql/x.sql": "",
  }, async (cwd) => {
    assert.deepEqual(await loadMigrations("m", { cwd }), {
      migrations: [],
      findings: [],
    });
  });
});

Deno.test("loadMigrations() leaves out what ignore names", async () => {
  await withFolder({
    "m/001_a.sql": "",
    "m/002_draft.sql": "",
    "m/seed.sql": "",
    "m/rollbacks/helper.sql": "",
  }, async (cwd) => {
    const loaded = await loadMigrations("m", {
      cwd,
      ignore: ["*_draft.sql", "seed.sql", "rollbacks/helper.sql"],
    });

    assert.deepEqual(versions(loaded), ["001"]);
    assert.deepEqual(loaded.findings, []);
  });
});

Deno.test("loadMigrations() finds every fault of the folder at once", async () => {
  await withFolder({
    "m/001_a.sql": "-- Version: 2",
    "m/1_b.sql": "",
    "m/003_c.sql": "-- Dependencies: 9\n-- lockstep: x=1",
    "m/bad.sql": "",
    "m/004.SQL": "",
    "m/rollbacks/003_d_down.sql": "-- Rollback for: 001_a.sql",
    "m/rollbacks/005_e_down.sql": "",
    "m/rollbacks/007_f.sql": "",
  }, async (cwd) => {
    const loaded = await loadMigrations("m", { cwd });

    assert.deepEqual(codes(loaded), [
      "bad_dependency m/003_c.sql",
      "bad_directive m/003_c.sql",
      "bad_header m/001_a.sql",
      "bad_header m/rollbacks/003_d_down.sql",
      "bad_name m/004.SQL",
      "bad_name m/bad.sql",
      "bad_name m/rollbacks/007_f.sql",
      "down_name_mismatch m/rollbacks/003_d_down.sql",
      "duplicate_version m/1_b.sql",
      "orphan_rollback m/rollbacks/005_e_down.sql",
    ]);
  });
});

Deno.test("loadMigrations() refuses a folder that is not there", async () => {
  await withFolder({ "file": "" }, async (cwd) => {
    await assert.rejects(
      loadMigrations("m", { cwd }),
      isMissing(/no folder "m"/),
    );
    await assert.rejects(loadMigrations("file", { cwd }), isMissing(/"file"/));
  });
});

Deno.test("loadMigrations() follows links inside the folder", async () => {
  await withFolder({
    "m/..2025/001_a.sql": "SELECT 1;",
    "m/..2025/down.sql": "SELECT 2;",
  }, async (cwd) => {
    symlinkSync("..2025", join(cwd, "m/..data"));
    symlinkSync("..data/001_a.sql", join(cwd, "m/001_a.sql"));
    mkdirSync(join(cwd, "m/rollbacks"));
    symlinkSync("../..data/down.sql", join(cwd, "m/rollbacks/001_a_down.sql"));
    symlinkSync("m", join(cwd, "linked"));

    const loaded = await loadMigrations("linked", { cwd });

    assert.deepEqual(loaded.findings, []);
    assert.equal(loaded.migrations[0]?.up.checksum, sha256("SELECT 1;"));
    assert.equal(loaded.migrations[0]?.down?.checksum, sha256("SELECT 2;"));
    assert.equal(loaded.migrations[0]?.up.path, "linked/001_a.sql");
  });
});

Deno.test("loadMigrations() refuses links out of the folder", async () => {
  await withFolder({
    "m/001_a.sql": "",
    "m2/002_b.sql": "SECRET",
    "downs/001_a_down.sql": "",
  }, async (cwd) => {
    symlinkSync("../m2/002_b.sql", join(cwd, "m/002_b.sql"));
    symlinkSync("/etc/passwd", join(cwd, "m/003_c.sql"));
    symlinkSync("../downs", join(cwd, "m/rollbacks"));

    const loaded = await loadMigrations("m", { cwd });

    assert.deepEqual(versions(loaded), ["001"]);
    assert.equal(loaded.migrations[0]?.down, undefined);
    assert.deepEqual(codes(loaded), [
      "link_outside m/002_b.sql",
      "link_outside m/003_c.sql",
      "link_outside m/rollbacks",
    ]);
  });
});

Deno.test("loadMigrations() refuses link loops and dead links", async () => {
  await withFolder({ "m/001_a.sql": "" }, async (cwd) => {
    symlinkSync("002_b.sql", join(cwd, "m/002_b.sql"));
    symlinkSync("004_d.sql", join(cwd, "m/003_c.sql"));
    symlinkSync("003_c.sql", join(cwd, "m/004_d.sql"));
    symlinkSync("nowhere", join(cwd, "m/005_e.sql"));
    symlinkSync("..", join(cwd, "m/loop"));

    const loaded = await loadMigrations("m", { cwd });

    assert.deepEqual(codes(loaded), [
      "file_unreadable m/005_e.sql",
      "not_a_file m/002_b.sql",
      "not_a_file m/003_c.sql",
      "not_a_file m/004_d.sql",
    ]);
  });
});

Deno.test("loadMigrations() does not wait for pipes and devices", async () => {
  await withFolder({ "m/001_a.sql": "" }, async (cwd) => {
    await mkfifo(join(cwd, "m/002_b.sql"));
    await mkfifo(join(cwd, "m/pipe"));
    symlinkSync("pipe", join(cwd, "m/003_c.sql"));
    const server = Deno.listen({
      transport: "unix",
      path: join(cwd, "m/004_d.sql"),
    });

    const loaded = await loadMigrations("m", { cwd });

    server.close();
    assert.deepEqual(codes(loaded), [
      "not_a_file m/002_b.sql",
      "not_a_file m/003_c.sql",
      "not_a_file m/004_d.sql",
    ]);
  });
});

Deno.test("readListed() stands a file that turns into a pipe", async () => {
  await withFolder({ "m/001_a.sql": "" }, async (cwd) => {
    const folder = requireFolder("m", cwd);
    const listing = listFolder(folder, () => false);
    rmSync(join(cwd, "m/001_a.sql"));
    await mkfifo(join(cwd, "m/001_a.sql"));

    const loaded = await readListed(folder, listing);

    assert.deepEqual(codes(loaded), ["not_a_file m/001_a.sql"]);
  });
});

for (const device of ["/dev/zero", "/dev/null"]) {
  Deno.test(`readListed() stands a file that turns into ${device}`, async () => {
    await withFolder({ "m/001_a.sql": "" }, async (cwd) => {
      const folder = requireFolder("m", cwd);
      const listing = listFolder(folder, () => false);
      rmSync(join(cwd, "m/001_a.sql"));
      symlinkSync(device, join(cwd, "m/001_a.sql"));

      const loaded = await readListed(folder, listing);

      assert.deepEqual(codes(loaded), ["not_a_file m/001_a.sql"]);
    });
  });
}

Deno.test("readListed() names a file that is gone", async () => {
  await withFolder({ "m/001_a.sql": "", "m/002_b.sql": "" }, async (cwd) => {
    const folder = requireFolder("m", cwd);
    const listing = listFolder(folder, () => false);
    rmSync(join(cwd, "m/001_a.sql"));

    const loaded = await readListed(folder, listing);

    assert.deepEqual(codes(loaded), ["file_unreadable m/001_a.sql"]);
    assert.deepEqual(versions(loaded), ["002"]);
  });
});

Deno.test("readListed() has one error for a folder that vanishes", async () => {
  await withFolder({ "m/001_a.sql": "", "m/002_b.sql": "" }, async (cwd) => {
    const folder = requireFolder("m", cwd);
    const listing = listFolder(folder, () => false);
    renameSync(join(cwd, "m"), join(cwd, "gone"));

    await assert.rejects(readListed(folder, listing), isMissing(/vanished/));
  });
});

Deno.test("loadMigrations() does not blame those that depend on it", async () => {
  await withFolder({ "m/002_b.sql": "-- Dependencies: 001" }, async (cwd) => {
    symlinkSync("nowhere", join(cwd, "m/001_a.sql"));

    const loaded = await loadMigrations("m", { cwd });

    assert.deepEqual(codes(loaded), ["file_unreadable m/001_a.sql"]);
  });
});

Deno.test("loadMigrations() names files that it may not read", async () => {
  await withFolder({ "m/001_a.sql": "", "m/002_b.sql": "" }, async (cwd) => {
    Deno.chmodSync(join(cwd, "m/001_a.sql"), 0o000);

    const output = await loadWithoutRoot("m", cwd);

    assert.match(output, /^file_unreadable m\/001_a\.sql/);
    assert.match(output, /"m\/001_a\.sql" as this user may not read it/);
  });
});

Deno.test("loadMigrations() names a folder that it may not read", async () => {
  await withFolder({ "m/001_a.sql": "" }, async (cwd) => {
    Deno.chmodSync(join(cwd, "m"), 0o000);

    const output = await loadWithoutRoot("m", cwd);

    assert.match(output, /^unreadable_directory /);
  });
});

Deno.test("loadMigrations() stands any name", async () => {
  const names = [
    `001_'; DROP TABLE "users"; --.sql`,
    "002_😀 表.sql",
    `003_${"x".repeat(247)}.sql`,
    "004_$(reboot) `id` %s.sql",
  ];
  await withFolder(inFolder("m", names), async (cwd) => {
    const loaded = await loadMigrations("m", { cwd });

    assert.deepEqual(loaded.findings, []);
    assert.deepEqual(
      loaded.migrations.map(({ up }) => up.path),
      names.map((name) => `m/${name}`),
    );
  });
});

Deno.test("loadMigrations() shows no name that forges output", async () => {
  const names = ["001_a\nok.sql", "002_\x1b[2J.sql", "x\u202e.sql"];
  await withFolder(inFolder("m", names), async (cwd) => {
    const { findings } = await loadMigrations("m", { cwd });

    assert.equal(findings.length, 3);
    assert.doesNotMatch(
      findings.map(({ message, hint }) => message + hint).join(""),
      /[\p{Cc}\u202e]/u,
    );
  });
});

Deno.test({
  name: "loadMigrations() refuses a name that is not UTF-8",
  // Deno 2.7 leaves such names out of what it lists.
  ignore: Deno.version.deno.startsWith("2.7."),
  fn: async () => {
    await withFolder({ "m/001_a.sql": "" }, async (cwd) => {
      await run("sh", ["-c", `: > "$(printf 'm/002_\\377.sql')"`], cwd);

      const { findings } = await loadMigrations("m", { cwd });

      assert.deepEqual(findings.map(({ code }) => code), ["bad_name"]);
    });
  },
});

Deno.test("loadMigrations() hashes a file larger than its buffer", async () => {
  const text = "-- Author: Ada\r\n" + "SELECT 'größe';\r\n".repeat(200_000);
  await withFolder({ "m/001_a.sql": `\ufeff${text}` }, async (cwd) => {
    const { migrations } = await loadMigrations("m", { cwd });

    assert.equal(
      migrations[0]?.up.checksum,
      sha256(text.replaceAll("\r\n", "\n")),
    );
    assert.equal(migrations[0]?.up.sizeBytes, Buffer.byteLength(text) + 3);
    assert.equal(migrations[0]?.up.header.author, "Ada");
  });
});

Deno.test("loadMigrations() takes a file as large as its buffer", async () => {
  const text = "x".repeat(1024 * 1024);
  await withFolder({ "m/001_a.sql": text }, async (cwd) => {
    const { migrations } = await loadMigrations("m", { cwd });

    assert.equal(migrations[0]?.up.checksum, sha256(text));
    assert.equal(migrations[0]?.up.sizeBytes, text.length);
  });
});

Deno.test("loadMigrations() may be called twice at once", async () => {
  const big = "a".repeat(3_000_000);
  await withFolder({
    "m/001_a.sql": big,
    "n/001_a.sql": `${big}b`,
  }, async (cwd) => {
    const [m, n] = await Promise.all([
      loadMigrations("m", { cwd }),
      loadMigrations("n", { cwd }),
    ]);

    assert.equal(m.migrations[0]?.up.checksum, sha256(big));
    assert.equal(n.migrations[0]?.up.checksum, sha256(`${big}b`));
  });
});

function inFolder(folder: string, names: readonly string[]): FolderContent {
  return Object.fromEntries(names.map((name) => [`${folder}/${name}`, ""]));
}

function versions({ migrations }: LoadedMigrations): string[] {
  return migrations.map(({ version }) => version);
}

Deno.test("requireFolder() names a folder with SQL files that is elsewhere", async () => {
  await withFolder({ "db/migrations/001_a.sql": "SELECT 1;" }, (cwd) => {
    assert.throws(
      () => requireFolder("migrations", cwd),
      (error) =>
        error instanceof ConfigError && error.code === "missing_directory" &&
        /^"db\/migrations" has SQL files/.test(error.hint ?? ""),
    );
    return Promise.resolve();
  });
});

Deno.test("requireFolder() names no folder that has no SQL files", async () => {
  await withFolder({ "db/migrations/a.rb": "" }, (cwd) => {
    assert.throws(
      () => requireFolder("migrations", cwd),
      (error) =>
        error instanceof ConfigError &&
        /^run "lockstep create/.test(error.hint ?? ""),
    );
    return Promise.resolve();
  });
});

function codes({ findings }: LoadedMigrations): string[] {
  return findings.map(({ code, location }) => `${code} ${location?.path}`)
    .toSorted();
}

function isMissing(message: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof ConfigError);
    assert.equal(error.code, "missing_directory");
    assert.match(error.message, message);
    assert.ok(error.hint);
    return true;
  };
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

async function mkfifo(path: string): Promise<void> {
  await run("mkfifo", [path], "/");
}

/** Root may read everything, unless it has lost that right. */
async function loadWithoutRoot(dir: string, cwd: string): Promise<string> {
  const script = fileURLToPath(
    new URL("./load_migrations.ts", import.meta.url),
  );
  const deno = [
    Deno.execPath(),
    "run",
    "--no-lock",
    "--no-prompt",
    "--allow-read",
    script,
    dir,
    cwd,
  ];
  const [command = "", ...args] = Deno.uid() === 0
    ? ["setpriv", "--bounding-set=-dac_override,-dac_read_search", ...deno]
    : deno;
  return await run(command, args, "/");
}

async function run(
  command: string,
  args: readonly string[],
  cwd: string,
): Promise<string> {
  const process = new Deno.Command(command, { args: [...args], cwd });
  const { success, stdout, stderr } = await process.output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}
