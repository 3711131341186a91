import { Buffer } from "node:buffer";
import { once } from "node:events";
import { type Address, openSocket, type SocketOptions } from "./open_socket.ts";

const CANCEL_REQUEST = 80877102;

/** Whose query to stop, as the server named it at the start. */
export interface BackendKey {
  readonly processId: number;
  readonly secretKey: number;
}

/**
 * Asks the server to stop what a session runs, and resolves when the server
 * has taken the request (PostgreSQL documentation, "Canceling Requests in
 * Progress").
 */
export async function sendCancelRequest(
  key: BackendKey,
  address: Address,
  options: SocketOptions,
): Promise<void> {
  const { socket } = await openSocket(address, options);
  const message = Buffer.alloc(16);
  message.writeInt32BE(16, 0);
  message.writeInt32BE(CANCEL_REQUEST, 4);
  message.writeInt32BE(key.processId, 8);
  message.writeInt32BE(key.secretKey, 12);
  try {
    const closed = once(socket, "close", { signal: options.signal });
    socket.resume();
    // PgBouncer 1.18 crashes when the end of the stream comes with the
    // request, so the server is left to close.
    socket.write(message);
    await closed;
  } catch (error) {
    if (options.signal.aborted) throw options.signal.reason;
    // A reset after the request was taken is an end like any other.
    if (socket.bytesWritten === 0) throw error;
  } finally {
    socket.destroy();
  }
}
