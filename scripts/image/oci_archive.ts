import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { packTar } from "modern-tar";

/** How a container of the image runs. */
export interface ImageConfig {
  readonly version: string;
  readonly entrypoint: readonly string[];
  readonly user: string;
  readonly workingDir: string;
}

/**
 * An image of one layer as an archive of the OCI image layout
 * (https://github.com/opencontainers/image-spec), which `docker load`,
 * `podman load` and `skopeo copy oci-archive:` take.
 */
export async function packImage(
  layer: Uint8Array,
  config: ImageConfig,
): Promise<Uint8Array> {
  const packed = blob(gzipSync(layer, { level: 9 }), LAYER_TYPE);
  const described = jsonBlob(describe(layer, config), CONFIG_TYPE);
  const manifest = jsonBlob({
    schemaVersion: 2,
    mediaType: MANIFEST_TYPE,
    config: described.descriptor,
    layers: [packed.descriptor],
  }, MANIFEST_TYPE);
  const annotations = {
    "org.opencontainers.image.ref.name": config.version,
    "io.containerd.image.name": `docker.io/library/lockstep:${config.version}`,
  };
  const index = {
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.index.v1+json",
    manifests: [{ ...manifest.descriptor, annotations }],
  };
  return await packFiles([
    { name: "oci-layout", bytes: json({ imageLayoutVersion: "1.0.0" }) },
    { name: "index.json", bytes: json(index) },
    ...[packed, described, manifest].map(({ descriptor, bytes }) => ({
      name: `blobs/${descriptor.digest.replace(":", "/")}`,
      bytes,
    })),
  ]);
}

const LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar+gzip";
const CONFIG_TYPE = "application/vnd.oci.image.config.v1+json";
const MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json";

function describe(layer: Uint8Array, config: ImageConfig): unknown {
  return {
    architecture: Deno.build.arch === "x86_64" ? "amd64" : "arm64",
    os: "linux",
    config: {
      User: config.user,
      Entrypoint: config.entrypoint,
      WorkingDir: config.workingDir,
      Labels: {
        "org.opencontainers.image.title": "lockstep",
        "org.opencontainers.image.version": config.version,
        "org.opencontainers.image.licenses": "MIT",
      },
    },
    rootfs: { type: "layers", diff_ids: [digest(layer)] },
  };
}

interface Blob {
  readonly bytes: Uint8Array;
  readonly descriptor: {
    readonly mediaType: string;
    readonly digest: string;
    readonly size: number;
  };
}

function jsonBlob(value: unknown, mediaType: string): Blob {
  return blob(json(value), mediaType);
}

function blob(bytes: Uint8Array, mediaType: string): Blob {
  const descriptor = { mediaType, digest: digest(bytes), size: bytes.length };
  return { bytes, descriptor };
}

function digest(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

function json(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

interface ArchiveFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

async function packFiles(files: readonly ArchiveFile[]): Promise<Uint8Array> {
  return await packTar(files.map(({ name, bytes }) => ({
    header: { name, mode: 0o644, mtime: new Date(0), size: bytes.length },
    body: bytes,
  })));
}
