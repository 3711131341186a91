/** The two ends of a connection. */
export type WireSide = "client" | "server";

/** One message of the protocol, as it is on the wire. */
export interface Frame {
  /** Its letter, or what it is when it has none. */
  readonly type: string;
  readonly bytes: Uint8Array;
}

const CANCEL_REQUEST = 80877102;
const SSL_REQUEST = 80877103;
const GSS_REQUEST = 80877104;

/** Takes a stream of bytes in each direction apart into messages. */
export class MessageReader {
  readonly #pending: Record<WireSide, Uint8Array> = {
    client: new Uint8Array(),
    server: new Uint8Array(),
  };
  #hasStarted = false;
  /** Single bytes that the server answers a request for encryption with. */
  #awaitedBytes = 0;

  /** The messages that are complete with these bytes. */
  push(from: WireSide, chunk: Uint8Array): readonly Frame[] {
    let rest: Uint8Array = joined(this.#pending[from], chunk);
    const frames: Frame[] = [];
    while (true) {
      const frame = this.#next(from, rest);
      if (frame === undefined) break;
      frames.push(frame);
      rest = rest.subarray(frame.bytes.length);
    }
    this.#pending[from] = rest;
    return frames;
  }

  #next(from: WireSide, bytes: Uint8Array): Frame | undefined {
    if (from === "client" && !this.#hasStarted) return this.#request(bytes);
    if (from === "server" && this.#awaitedBytes > 0) {
      if (bytes.length === 0) return undefined;
      this.#awaitedBytes--;
      return { type: "encryption", bytes: bytes.subarray(0, 1) };
    }
    const length = 1 + (readNumber(bytes, 1) ?? Infinity);
    if (bytes.length < length) return undefined;
    const type = String.fromCharCode(bytes[0] ?? 0);
    return { type, bytes: bytes.subarray(0, length) };
  }

  /** Before the login, messages of the client have no letter. */
  #request(bytes: Uint8Array): Frame | undefined {
    const length = readNumber(bytes, 0) ?? Infinity;
    if (bytes.length < length) return undefined;
    const frame = bytes.subarray(0, length);
    const code = readNumber(bytes, 4);
    if (code === SSL_REQUEST || code === GSS_REQUEST) {
      this.#awaitedBytes++;
      return { type: "encryption", bytes: frame };
    }
    this.#hasStarted = true;
    return {
      type: code === CANCEL_REQUEST ? "cancel" : "startup",
      bytes: frame,
    };
  }
}

function readNumber(bytes: Uint8Array, at: number): number | undefined {
  if (bytes.length < at + 4) return undefined;
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(at);
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(one.length + other.length);
  bytes.set(one);
  bytes.set(other, one.length);
  return bytes;
}
