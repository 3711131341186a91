import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { unpackTar } from "modern-tar";
import {
  type EmbeddedPostgres,
  startPostgres,
} from "../../scripts/embedded_postgres.ts";
import { makeImage } from "../../scripts/image.ts";
import { readLibraries } from "../../scripts/image/shared_libraries.ts";
import {
  canMakeCertificates,
  certify,
  makeCertificates,
} from "../helpers/certificates.ts";
import { connectTo } from "../helpers/connecting.ts";

/** An image is made once, in this folder. */
let made: string;
let files: ReadonlyMap<string, Uint8Array>;

Deno.test.beforeAll(async () => {
  made = await Deno.makeTempDir({ prefix: "lockstep-image-" });
  await makeImage(made);
  const names = ["lockstep-rootfs.tar", "lockstep-image.tar", "lockstep"];
  files = new Map(
    await Promise.all(
      names.map(async (name) =>
        [name, await Deno.readFile(join(made, name))] as const
      ),
    ),
  );
});

Deno.test.afterAll(async () => {
  await Deno.remove(made, { recursive: true });
});

Deno.test("readLibraries() takes the loader and the libraries, and not what the kernel maps", () => {
  const listing = "\tlinux-vdso.so.1 (0x00007f2404683000)\n" +
    "\tlibm.so.6 => /lib/x86_64-linux-gnu/libm.so.6 (0x00007f2404563000)\n" +
    "\t/lib64/ld-linux-x86-64.so.2 (0x00007f2404685000)\n";

  deepEqual(readLibraries(listing), [
    "/lib/x86_64-linux-gnu/libm.so.6",
    "/lib64/ld-linux-x86-64.so.2",
  ]);
});

Deno.test("makeImage() makes the same bytes each time", async () => {
  const again = await Deno.makeTempDir({ prefix: "lockstep-again-" });
  await makeImage(again);

  const [one, other] = await Promise.all(
    [made, again].map((folder) =>
      Deno.readTextFile(join(folder, "SHA256SUMS"))
    ),
  );
  equal(one, other);
  await Deno.remove(again, { recursive: true });
});

Deno.test("makeImage() lists the checksums of what it made", async () => {
  const sums = await Deno.readTextFile(join(made, "SHA256SUMS"));

  for (const [name, bytes] of files) {
    ok(sums.includes(`${sha256(bytes)}  ${name}\n`), name);
  }
  match(sums, /^[0-9a-f]{64} {2}lockstep\.cdx\.json$/m);
});

Deno.test("makeImage() packs the program, libraries and certificates, and nothing else", async () => {
  const names = (await unpack("lockstep-rootfs.tar"))
    .filter(({ name }) => !name.endsWith("/"))
    .map(({ name }) => name);

  const others = names.filter((name) => !/^lib(64)?\/.*\.so\.\d+$/.test(name));
  deepEqual(others, ["etc/ssl/certs/ca-certificates.crt", "lockstep"]);
  ok(names.some((name) => name.endsWith("/libc.so.6")), names.join());
});

Deno.test("makeImage() writes an image whose parts name each other by digest", async () => {
  const entries = new Map(
    (await unpack("lockstep-image.tar")).map(({ name, data }) => [name, data]),
  );
  const blobOf = ({ digest, size }: { digest: string; size: number }) => {
    const data = entries.get(`blobs/${digest.replace(":", "/")}`);
    ok(data !== undefined, digest);
    deepEqual([`sha256:${sha256(data)}`, data.length], [digest, size]);
    return data;
  };
  const parse = (data: Uint8Array | undefined) =>
    JSON.parse(new TextDecoder().decode(data));

  equal(parse(entries.get("oci-layout")).imageLayoutVersion, "1.0.0");
  const manifest = parse(blobOf(parse(entries.get("index.json")).manifests[0]));
  const config = parse(blobOf(manifest.config));
  const layer = gunzipSync(blobOf(manifest.layers[0]));

  deepEqual(config.rootfs.diff_ids, [`sha256:${sha256(layer)}`]);
  equal(sha256(layer), sha256(files.get("lockstep-rootfs.tar")));
  deepEqual(config.config.Entrypoint, ["/lockstep"]);
  equal(config.config.User, "65532:65532");
});

Deno.test("makeImage() lists every package in the program, with its hash", async () => {
  const bill = JSON.parse(
    await Deno.readTextFile(join(made, "lockstep.cdx.json")),
  );
  const packages: { name: string; purl?: string; hashes?: unknown[] }[] = bill
    .components.filter(({ type }: { type: string }) => type === "library");

  equal(bill.bomFormat, "CycloneDX");
  ok(packages.some(({ name }) => name === "pg"));
  ok(packages.every(({ hashes }) => hashes?.length === 1));
  ok(!packages.some(({ name }) => name === "esbuild"));
});

Deno.test({
  name:
    "the image runs in an empty read-only root, as nobody, over TLS and over a socket",
  // It takes the right to mount and to change the root.
  ignore: Deno.uid() !== 0 || !canMakeCertificates(),
  async fn() {
    await using server = await startPostgres({
      accessRules: ["hostssl all all all scram-sha-256", "local all all trust"],
    });
    const root = await makeRoot(server);
    try {
      const { port } = server;
      const { password } = new URL(server.url);
      const overTls = `host=localhost hostaddr=127.0.0.1 port=${port} ` +
        `user=postgres dbname=postgres password=${password} ` +
        "sslmode=verify-full sslrootcert=/ca.crt";
      const overSocket = `host=/run port=${port} user=postgres dbname=postgres`;

      const { socketDir } = server;
      const place = { root, socketDir };
      const applied = await runIn(place, overTls, ["migrate"]);
      const shown = await runIn(place, overSocket, ["status"]);

      match(applied, /^Applied 1 migration /m);
      match(shown, /001_inside +applied/);

      // There is no pg_dump in it.
      const drop = join(root, "migrations/002_drop.sql");
      await Deno.writeTextFile(drop, "DROP TABLE inside;\n");
      await rejects(runIn(place, overSocket, ["migrate"]), /pg_dump_missing/);
      await runIn(place, overSocket, ["migrate", "--backup", "never"]);
    } finally {
      await Deno.remove(root, { recursive: true });
    }
  },
});

async function makeRoot(server: EmbeddedPostgres): Promise<string> {
  const root = await Deno.makeTempDir({ prefix: "lockstep-root-" });
  await Deno.chmod(root, 0o755);
  await run("tar", ["xf", join(made, "lockstep-rootfs.tar"), "-C", root]);
  for (const folder of ["proc", "run", "migrations"]) {
    await Deno.mkdir(join(root, folder));
  }
  await Deno.writeTextFile(
    join(root, "migrations/001_inside.sql"),
    "CREATE TABLE inside (id int);\nINSERT INTO inside VALUES (1);\n" +
      "CREATE INDEX CONCURRENTLY ON inside (id);\n",
  );
  const certificates = await makeCertificates();
  const name = { commonName: "localhost", alternativeName: "DNS:localhost" };
  await certify(certificates, "server", name);
  await Deno.copyFile(certificates.path("ca.crt"), join(root, "ca.crt"));
  const { uid, gid } = await Deno.stat(server.dataDir);
  for (const file of ["server.crt", "server.key"]) {
    const copy = join(server.dataDir, file);
    await Deno.copyFile(certificates.path(file), copy);
    await Deno.chown(copy, uid, gid);
  }
  await Deno.remove(certificates.folder, { recursive: true });
  await using connection = await connectTo(
    `postgres://postgres@/postgres?host=${server.socketDir}&port=${server.port}`,
  );
  await connection.run("ALTER SYSTEM SET ssl = on");
  await connection.run("SELECT pg_reload_conf()");
  return root;
}

/** What engines do: a mount of /proc, a root that is read only, a user. */
const IN_ROOT = `set -e
mount --bind "$0" "$0"
mount -t proc proc "$0/proc"
mount --bind "$1" "$0/run"
mount -o remount,bind,ro "$0"
root="$0"; shift
exec chroot --userspec=65532:65532 "$root" /lockstep "$@"`;

async function runIn(
  { root, socketDir }: { readonly root: string; readonly socketDir: string },
  databaseUrl: string,
  args: readonly string[],
): Promise<string> {
  return await run("unshare", [
    ...["--mount", "sh", "-c", IN_ROOT, root, socketDir],
    ...args,
  ], { DATABASE_URL: databaseUrl, PATH: Deno.env.get("PATH") ?? "" });
}

async function run(
  command: string,
  args: readonly string[],
  env?: Record<string, string>,
): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, {
    args: [...args],
    ...(env !== undefined && { env, clearEnv: true }),
  }).output();
  const decoder = new TextDecoder();
  ok(success, decoder.decode(stdout) + decoder.decode(stderr));
  return decoder.decode(stdout);
}

async function unpack(name: string) {
  return await unpackTar(files.get(name) ?? new Uint8Array()).then((entries) =>
    entries.map(({ header, data }) => ({
      name: header.name,
      data: data ?? new Uint8Array(),
    }))
  );
}

function sha256(bytes: Uint8Array | undefined): string {
  return createHash("sha256").update(bytes ?? "").digest("hex");
}
