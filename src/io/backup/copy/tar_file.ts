import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { createTarDecoder, createTarPacker } from "modern-tar";
import type { CopyMember } from "../../../core/backup/copy_manifest.ts";

/** A tar archive that is being written. */
export interface TarWriter extends AsyncDisposable {
  /** Adds a file, and waits until there is room for the next. */
  add(name: string, bytes: Uint8Array): Promise<CopyMember>;
  /** Ends the archive; without it the file is no whole one. */
  finish(): Promise<void>;
}

/** A file of an archive; its bytes must be read before the next is. */
export interface TarEntry {
  readonly name: string;
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** An archive that is damaged. */
export class TarError extends Error {}

/** Writes an archive to a file that is there. */
export async function writeTar(path: string): Promise<TarWriter> {
  const file = await open(path, "r+");
  const { readable, controller } = createTarPacker();
  // Why the file cannot be written matters more than what follows from it.
  const written = drainTo(file, readable).then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
  async function orWriteFailure(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      throw (await written)?.error ?? error;
    }
  }
  return {
    async add(name, bytes) {
      const sizeBytes = bytes.length;
      await orWriteFailure(async () => {
        const stream = controller.add({ ...HEADER, name, size: sizeBytes });
        const writer = stream.getWriter();
        writer.closed.catch(() => {});
        if (sizeBytes > 0) await writer.write(bytes);
        await writer.close();
      });
      return { name, sizeBytes, sha256: digest(bytes) };
    },
    async finish() {
      controller.finalize();
      const failure = await written;
      if (failure !== undefined) throw failure.error;
    },
    async [Symbol.asyncDispose]() {
      try {
        controller.error(new Error("The archive is given up"));
      } catch {
        // It is finished.
      }
      await written;
      await file.close();
    },
  };
}

/**
 * The files of an archive in turn; `onBytes` is shown all its bytes.
 *
 * @throws {TarError} If it is damaged.
 */
export async function* readTar(
  path: string,
  onBytes: (bytes: Uint8Array) => void = () => {},
): AsyncIterable<TarEntry> {
  await using file = await openForReading(path);
  const entries = file.stream(onBytes)
    .pipeThrough(createTarDecoder({ strict: true })).getReader();
  try {
    while (true) {
      const { done, value } = await orTarError(() => entries.read());
      if (done) return;
      yield { name: value.header.name, bytes: bytesOf(value.body) };
    }
  } finally {
    await entries.cancel().catch(() => {});
  }
}

/** All of a file of an archive. */
export async function readWhole(
  bytes: AsyncIterable<Uint8Array>,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The SHA-256 in hex. */
export function digest(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

const HEADER = { type: "file" as const, mode: 0o600, uid: 0, gid: 0 };
const BUFFER_BYTES = 256 * 1024;

async function drainTo(
  file: FileHandle,
  readable: ReadableStream<Uint8Array>,
): Promise<void> {
  for await (const chunk of readable) {
    for (let at = 0; at < chunk.length;) {
      const { bytesWritten } = await file.write(chunk, at);
      at += bytesWritten;
    }
  }
}

async function openForReading(path: string): Promise<
  {
    stream(onBytes: (bytes: Uint8Array) => void): ReadableStream<Uint8Array>;
  } & AsyncDisposable
> {
  const file = await open(path, "r");
  return {
    stream: (onBytes) =>
      new ReadableStream<Uint8Array>({
        async pull(controller) {
          const { bytesRead, buffer } = await file.read(
            new Uint8Array(BUFFER_BYTES),
            0,
            BUFFER_BYTES,
          );
          if (bytesRead === 0) return controller.close();
          const bytes = buffer.subarray(0, bytesRead);
          onBytes(bytes);
          controller.enqueue(bytes);
        },
      }),
    [Symbol.asyncDispose]: () => file.close(),
  };
}

async function* bytesOf(
  body: ReadableStream<Uint8Array>,
): AsyncIterable<Uint8Array> {
  const reader = body.getReader();
  while (true) {
    const { done, value } = await orTarError(() => reader.read());
    if (done) return;
    yield value;
  }
}

async function orTarError<Result>(
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof Error && "code" in cause) throw cause;
    throw new TarError(cause instanceof Error ? cause.message : String(cause), {
      cause,
    });
  }
}
