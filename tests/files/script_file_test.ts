import { fileURLToPath } from "node:url";
import assert from "node:assert/strict";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { FileError, type FileErrorCode } from "../../src/errors.ts";
import { readFileChunks } from "../../src/io/script_file.ts";
import { withFolder } from "./folder.ts";

Deno.test("readFileChunks() yields all bytes in bounded pieces", async () => {
  const text = "0123456789".repeat(60_000);
  await withFolder({ "m/001_a.sql": text }, async (cwd) => {
    const chunks = await collect("m/001_a.sql", cwd);

    assert.equal(new TextDecoder().decode(joined(chunks)), text);
    assert.ok(chunks.length > 1);
    assert.ok(chunks.every(({ length }) => length <= 64 * 1024));
  });
});

Deno.test("readFileChunks() yields nothing of an empty file", async () => {
  await withFolder({ "m/001_a.sql": "" }, async (cwd) => {
    assert.deepEqual(await collect("m/001_a.sql", cwd), []);
  });
});

Deno.test("readFileChunks() closes a file that is read in part", async () => {
  await withFolder({ "m/001_a.sql": "x".repeat(600_000) }, async (cwd) => {
    const script = fileURLToPath(new URL("./read_in_part.ts", import.meta.url));
    const command = 'ulimit -n 64; exec "$@"';
    const deno = [Deno.execPath(), "run", "--no-lock", "-R", script, cwd];

    const { success } = await new Deno.Command("sh", {
      args: ["-c", command, "sh", ...deno],
      stderr: "inherit",
    }).output();

    assert.ok(success);
  });
});

Deno.test("readFileChunks() refuses what is no file of the folder", async () => {
  await withFolder({ "m/sub/x": "", "secret": "" }, async (cwd) => {
    symlinkSync("../secret", join(cwd, "m/001_a.sql"));
    symlinkSync("/dev/zero", join(cwd, "m/002_b.sql"));
    symlinkSync("003_c.sql", join(cwd, "m/003_c.sql"));
    await new Deno.Command("mkfifo", { args: [join(cwd, "m/004_d.sql")] })
      .output();

    await assert.rejects(collect("m/001_a.sql", cwd), is("link_outside"));
    await assert.rejects(collect("m/002_b.sql", cwd), is("link_outside"));
    await assert.rejects(collect("m/003_c.sql", cwd), is("not_a_file"));
    await assert.rejects(collect("m/004_d.sql", cwd), is("not_a_file"));
    await assert.rejects(collect("m/sub", cwd), is("not_a_file"));
    await assert.rejects(collect("m/005_e.sql", cwd), is("file_unreadable"));
  });
});

async function collect(path: string, cwd: string): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of readFileChunks(path, { dir: "m", cwd })) {
    chunks.push(chunk.slice());
  }
  return chunks;
}

function joined(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(chunks.flatMap((chunk) => [...chunk]));
}

function is(code: FileErrorCode): (error: unknown) => boolean {
  return (error) =>
    error instanceof FileError && error.code === code &&
    error.location !== undefined && error.hint !== undefined;
}
