import { Buffer } from "node:buffer";
import type { Socket } from "node:net";

/** Where COPY data goes. */
export interface CopySink {
  readonly socket: Socket;
  send(chunk: Uint8Array): void;
  finish(): void;
  /** Whether the server has ended the COPY, so that nothing more is wanted. */
  isOver(): boolean;
}

/**
 * Sends the data as fast as the server takes it, and stops when the server
 * has ended the COPY. Rejects with what the source throws.
 */
export async function feedCopy(
  data: AsyncIterable<Uint8Array>,
  sink: CopySink,
): Promise<void> {
  for await (const chunk of data) {
    if (sink.isOver()) return;
    if (chunk.length > 0) sink.send(chunk);
    if (sink.socket.writableNeedDrain) await drained(sink.socket);
    if (sink.isOver()) return;
  }
  if (!sink.isOver()) sink.finish();
}

/** A server that has said no still reads, so a drain or an end comes. */
async function drained(socket: Socket): Promise<void> {
  const waiting = Promise.withResolvers<void>();
  socket.once("drain", waiting.resolve);
  socket.once("close", waiting.resolve);
  await waiting.promise;
  socket.off("drain", waiting.resolve);
  socket.off("close", waiting.resolve);
}

/** The same bytes, as the driver wants them. */
export function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
