import type { Buffer } from "node:buffer";
import type { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import type { ChannelBinding } from "../../core/connection/parameter.ts";
import { ConnectProblem } from "./connect_problem.ts";

/** The parts of the driver's connection that its types leave out. */
export interface Wire extends EventEmitter {
  readonly stream: Socket;
  _connecting?: boolean;
  /** Whether anything has come from the server. */
  hasSpoken?: boolean;
  connect(): void;
  attachListeners(stream: Pick<Socket, "on">): void;
  parse(message: { readonly text: string }): void;
  bind(message: { readonly portal: string }): void;
  describe(message: { readonly type: "P" }): void;
  execute(message: { readonly portal: string }): void;
  sync(): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
  sendCopyFail(reason: string): void;
}

/**
 * Makes the driver use a socket that is open already, and end it, not the
 * process, when what arrives cannot be understood.
 */
export function useOpenSocket(wire: Wire): void {
  const socket = wire.stream;
  wire.connect = () => {
    // the driver's end() asks for it
    wire._connecting = true;
    socket.on("error", (error) => wire.emit("error", error));
    socket.on("close", () => wire.emit("end"));
    wire.attachListeners(guard(wire));
    queueMicrotask(() => wire.emit("connect"));
  };
}

/** Channel binding as the driver and the runtime can do it. */
export function canBind(socket: Socket): boolean {
  return socket instanceof TLSSocket &&
    socket.getPeerCertificate()?.raw instanceof Uint8Array;
}

/** Ends the connection before a password is sent without channel binding. */
export function watchBinding(wire: Wire, wanted: ChannelBinding): void {
  if (wanted !== "require") return;
  let isBound = false;
  function refuse(): void {
    if (!isBound) wire.stream.destroy(new ConnectProblem("binding_missing"));
  }
  wire.on("authenticationSASL", (message: { mechanisms: string[] }) => {
    isBound = canBind(wire.stream) &&
      message.mechanisms.includes("SCRAM-SHA-256-PLUS");
    refuse();
  });
  wire.on("authenticationCleartextPassword", refuse);
  wire.on("authenticationMD5Password", refuse);
  wire.on("authenticationOk", refuse);
}

/** The socket as the driver may listen to it: what throws ends the socket. */
function guard(wire: Wire): Pick<Socket, "on"> {
  const socket = wire.stream;
  function check(chunk: unknown): void {
    if (wire.hasSpoken || !(chunk instanceof Uint8Array)) return;
    wire.hasSpoken = true;
    if (!isGreeting(chunk)) throw new ConnectProblem("not_postgres");
  }
  return {
    on(event: string, listener: (...values: unknown[]) => void): Socket {
      return socket.on(event, (...values: unknown[]) => {
        if (socket.destroyed) return;
        try {
          check(values[0]);
          listener(...values);
        } catch (error) {
          socket.destroy(error instanceof Error ? error : undefined);
        }
      });
    },
  };
}

/**
 * Whether the first bytes are a request for authentication, an error, or a
 * talk about the protocol's version, of a length that libpq would believe.
 */
function isGreeting(chunk: Uint8Array): boolean {
  const letter = String.fromCharCode(chunk[0] ?? 0);
  if (!["R", "E", "v"].includes(letter)) return false;
  if (chunk.length < 5) return true;
  const length = new DataView(chunk.buffer, chunk.byteOffset).getUint32(1);
  return length >= 8 && length <= 30_000;
}
