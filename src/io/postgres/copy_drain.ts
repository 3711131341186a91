import { Buffer } from "node:buffer";
import type { Socket } from "node:net";

/** Takes COPY data; the server is not read from until it resolves. */
export type CopyTaker = (chunk: Uint8Array) => Promise<void>;

/**
 * Gathers the rows of `COPY … TO STDOUT` to larger chunks, and hands them on
 * one after the other. While one is worked on the socket is not read. When the
 * taker throws, the server is told to stop.
 */
export class CopyDrain {
  readonly #take: CopyTaker;
  readonly #stop: () => Promise<void>;
  readonly #rows: Buffer[] = [];
  #size = 0;
  #work: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(take: CopyTaker, stop: () => Promise<void>) {
    this.#take = take;
    this.#stop = stop;
  }

  /** What the taker threw; what comes after that is dropped. */
  get failure(): { readonly error: unknown } | undefined {
    return this.#failure;
  }

  /** Takes bytes that are the driver's, and may change after this. */
  push(bytes: Uint8Array, socket: Socket): void {
    if (this.#failure !== undefined) return;
    this.#rows.push(Buffer.from(bytes));
    this.#size += bytes.length;
    if (this.#size < CHUNK_BYTES || this.#work !== undefined) return;
    socket.pause();
    this.#work = this.#handOn().finally(() => {
      this.#work = undefined;
      socket.resume();
    });
  }

  /** Hands on the rest. */
  async finish(): Promise<void> {
    await this.#work;
    await this.#handOn();
  }

  async #handOn(): Promise<void> {
    if (this.#failure !== undefined || this.#size === 0) return;
    const chunk = Buffer.concat(this.#rows.splice(0), this.#size);
    this.#size = 0;
    try {
      await this.#take(chunk);
    } catch (error) {
      this.#failure = { error };
      this.#rows.length = 0;
      // It may have come to its end by itself.
      await this.#stop().catch(() => {});
    }
  }
}

const CHUNK_BYTES = 256 * 1024;
