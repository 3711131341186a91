import assert from "node:assert/strict";
import { join } from "node:path";
import { denoHost } from "../../src/cli/host.ts";
import {
  type ConfigFileSystem,
  type FileFacts,
  readConfigFile,
} from "../../src/io/config_file.ts";

async function withFolder(test: (dir: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir({ prefix: "lockstep-config-" });
  try {
    await Deno.mkdir(join(dir, "a/b"), { recursive: true });
    await test(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

Deno.test("readConfigFile() finds the nearest file above the working directory", async () => {
  await withFolder(async (dir) => {
    await Deno.writeTextFile(join(dir, "lockstep.toml"), 'table = "x"');
    const far = await readConfigFile(denoHost(), { cwd: join(dir, "a/b") });
    await Deno.writeTextFile(join(dir, "a/lockstep.toml"), "");
    const near = await readConfigFile(denoHost(), { cwd: join(dir, "a/b") });

    assert.equal(far?.path, "../../lockstep.toml");
    assert.equal(far?.projectDir, "../..");
    assert.equal(far?.common.entries.get("table")?.text, "x");
    assert.equal(near?.path, "../lockstep.toml");
  });
});

Deno.test("readConfigFile() takes a link for the file that it leads to", async () => {
  await withFolder(async (dir) => {
    await Deno.writeTextFile(join(dir, "real.toml"), 'table = "x"');
    await Deno.symlink("../real.toml", join(dir, "a/lockstep.toml"));

    const file = await readConfigFile(denoHost(), { cwd: join(dir, "a") });

    assert.equal(file?.common.entries.get("table")?.text, "x");
    assert.equal(file?.projectDir, "");
  });
});

/** How a `lockstep.toml` is made that cannot be used, and what is said. */
const UNUSABLE: readonly (readonly [
  claim: string,
  make: (path: string) => Promise<void>,
  code: string,
  message: RegExp,
])[] = [
  [
    "a folder",
    (path) => Deno.mkdir(path),
    "config_unreadable",
    /as it is a folder$/,
  ],
  [
    "a link that leads nowhere",
    (path) => Deno.symlink("gone", path),
    "config_unreadable",
    /as it is no file$/,
  ],
  [
    "a file of more than 1 MB",
    (path) => Deno.writeTextFile(path, "#".repeat(1024 * 1024 + 1)),
    "config_unreadable",
    /as it is larger than 1 MB$/,
  ],
  [
    "bytes that are no UTF-8",
    (path) => Deno.writeFile(path, Uint8Array.of(0x0a, 0x23, 0xc3, 0x28)),
    "bad_config",
    /as it is not UTF-8$/,
  ],
  [
    "UTF-16",
    (path) => Deno.writeFile(path, Uint8Array.of(0xff, 0xfe, 0x61, 0, 0x62, 0)),
    "bad_config",
    /as it is UTF-16$/,
  ],
  [
    "a NUL byte",
    (path) => Deno.writeTextFile(path, 'table = "x"\n\0y'),
    "bad_config",
    /as it has a NUL byte$/,
  ],
  [
    "tables in tables without end",
    (path) => Deno.writeTextFile(path, `a = ${"[".repeat(200)}`),
    "bad_config",
    /as it is not correct TOML: /,
  ],
  [
    "a key that is there twice",
    (path) => Deno.writeTextFile(path, 'table = "x"\ntable = "y"'),
    "bad_config",
    /as it is not correct TOML: trying to redefine/,
  ],
];

for (const [claim, make, code, message] of UNUSABLE) {
  Deno.test(`readConfigFile() refuses ${claim}`, async () => {
    await withFolder(async (dir) => {
      await make(join(dir, "lockstep.toml"));

      const reading = readConfigFile(denoHost(), { cwd: join(dir, "a") });

      await assert.rejects(reading, { code, message });
    });
  });
}

Deno.test("readConfigFile() says where bytes are no text", async () => {
  await withFolder(async (dir) => {
    const bytes = new TextEncoder().encode('# ü\ntable = "ü?"\n');
    bytes[bytes.indexOf(0x3f)] = 0xff;
    await Deno.writeFile(join(dir, "lockstep.toml"), bytes);

    await assert.rejects(readConfigFile(denoHost(), { cwd: dir }), {
      location: { path: "lockstep.toml", line: 2, column: 11 },
    });
  });
});

Deno.test("readConfigFile() never shows the line that is wrong", async () => {
  await withFolder(async (dir) => {
    const text = 'database_url = "postgres://u:hunter2@h\n';
    await Deno.writeTextFile(join(dir, "lockstep.toml"), text);

    await assert.rejects(
      readConfigFile(denoHost(), { cwd: dir }),
      (error: Error) =>
        !JSON.stringify(error).includes("hunter2") &&
        !error.message.includes("hunter2"),
    );
  });
});

const FORMS = [
  ["a byte order mark", '\ufefftable = "x"\nlock_timeout = "5m"\n'],
  ["lines that end in CR LF", 'table = "x"\r\nlock_timeout = "5m"\r\n'],
  ["no line break at the end", 'table = "x"\nlock_timeout = "5m"'],
] as const;

for (const [claim, text] of FORMS) {
  Deno.test(`readConfigFile() reads ${claim}`, async () => {
    await withFolder(async (dir) => {
      await Deno.writeTextFile(join(dir, "lockstep.toml"), text);

      const file = await readConfigFile(denoHost(), { cwd: dir });

      const entries = [...file?.common.entries.values() ?? []];
      assert.deepEqual(
        entries.map(({ text, location }) => [
          text,
          location.line,
          location.column,
        ]),
        [["x", 1, 1], ["5m", 2, 1]],
      );
    });
  });
}

/** A file system in memory that counts what it is asked. */
function memory(
  facts: Readonly<Record<string, FileFacts>>,
  userId?: number,
): ConfigFileSystem & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    findFacts(path) {
      asked.push(path);
      return facts[path];
    },
    readBytes: () => new Uint8Array(),
    userId,
  };
}

const HIDDEN: FileFacts = { kind: "hidden", sizeBytes: 0 };

function ownedBy(owner: number): FileFacts {
  return { kind: "file", sizeBytes: 0, owner };
}

Deno.test("readConfigFile() looks once into each folder up to the root", async () => {
  const files = memory({});

  assert.equal(await readConfigFile(files, { cwd: "/a/b" }), undefined);
  assert.deepEqual(files.asked, [
    "/a/b/lockstep.toml",
    "/a/lockstep.toml",
    "/lockstep.toml",
  ]);
});

Deno.test("readConfigFile() passes folders over that may not be entered", async () => {
  const files = memory({
    "/a/b/lockstep.toml": HIDDEN,
    "/a/lockstep.toml": HIDDEN,
    "/lockstep.toml": ownedBy(0),
  }, 1000);

  const file = await readConfigFile(files, { cwd: "/a/b" });

  assert.equal(file?.path, "../../lockstep.toml");
});

Deno.test("readConfigFile() refuses a named file in a folder that may not be entered", async () => {
  const files = memory({ "/a/x.toml": HIDDEN });

  await assert.rejects(readConfigFile(files, { cwd: "/a", named: "x.toml" }), {
    code: "config_unreadable",
    message: 'Cannot read "x.toml" as a folder above it may not be entered',
  });
});

Deno.test("readConfigFile() refuses a file above that another user put there", async () => {
  const files = memory({
    "/tmp/a": ownedBy(1000),
    "/tmp/lockstep.toml": ownedBy(666),
  }, 1000);

  await assert.rejects(readConfigFile(files, { cwd: "/tmp/a" }), {
    code: "untrusted_config",
    message: 'Cannot use "../lockstep.toml" as it belongs to another user',
  });
  assert.equal(
    (await readConfigFile(files, {
      cwd: "/tmp/a",
      named: "../lockstep.toml",
    }))?.path,
    "../lockstep.toml",
  );
});

const TRUSTED = [
  { claim: "the user", owner: 1000, cwdOwner: 2000 },
  { claim: "root", owner: 0, cwdOwner: 2000 },
  { claim: "the owner of the working directory", owner: 2000, cwdOwner: 2000 },
];

for (const { claim, owner, cwdOwner } of TRUSTED) {
  Deno.test(`readConfigFile() trusts a file above that belongs to ${claim}`, async () => {
    const files = memory({
      "/a/b": ownedBy(cwdOwner),
      "/a/lockstep.toml": ownedBy(owner),
    }, 1000);

    assert.equal(
      (await readConfigFile(files, { cwd: "/a/b" }))?.path,
      "../lockstep.toml",
    );
  });
}

Deno.test("readConfigFile() trusts what is in the working directory itself", async () => {
  const files = memory({ "/a/lockstep.toml": ownedBy(666) }, 1000);

  assert.ok(await readConfigFile(files, { cwd: "/a" }));
});
