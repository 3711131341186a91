import net from "node:net";
import tls from "node:tls";
import { ConnectProblem } from "./connect_problem.ts";
import { isSocketDirectory, socketPath } from "./connection_target.ts";
import type { TlsOptions } from "./tls_options.ts";

/** One place to connect to. */
export interface Address {
  /** The name that a certificate must have, or the directory of a socket. */
  readonly host: string;
  /** What the name was looked up as; `undefined` for a socket. */
  readonly ip: string | undefined;
  readonly port: number;
}

/** Whether to ask for encryption, and what to do without it. */
export type Encryption = "none" | "if_offered" | "required";

/** How a socket is opened. */
export interface SocketOptions {
  readonly encryption: Encryption;
  readonly tls: TlsOptions;
  readonly keepAliveIdleMs: number | undefined;
  /** Ends the attempt and frees the socket when it is aborted. */
  readonly signal: AbortSignal;
}

/** A socket on which the server waits for the first message. */
export interface OpenSocket {
  readonly socket: net.Socket;
  readonly encrypted: "yes" | "no";
}

const SSL_REQUEST = Uint8Array.of(0, 0, 0, 8, 4, 210, 22, 47);

/**
 * Opens a socket and encrypts it as asked (PostgreSQL documentation, "SSL
 * Session Encryption"). Throws {@linkcode ConnectProblem} or the system's
 * error, with the socket destroyed.
 */
export async function openSocket(
  address: Address,
  options: SocketOptions,
): Promise<OpenSocket> {
  const socket = startConnecting(address);
  try {
    const handshake = await startTls(socket, address, options);
    if (handshake === undefined) return { socket, encrypted: "no" };
    return { socket: await handshake.finished, encrypted: "yes" };
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

function startConnecting(address: Address): net.Socket {
  const { host, ip, port } = address;
  const socket = isSocketDirectory(host)
    ? net.connect({ path: socketPath(host, port) })
    : net.connect({ host: ip ?? host, port });
  // an error between two waits must not end the process
  socket.on("error", () => {});
  return socket;
}

interface Handshake {
  readonly finished: Promise<net.Socket>;
}

/**
 * Asks for encryption and begins it, or not. It begins, and is listened to,
 * inside the event that allows it: a moment later Deno 2.7 reads the server's
 * first bytes as plain ones, Deno 2.9 may have finished, and both would wait
 * for ever.
 */
async function startTls(
  socket: net.Socket,
  address: Address,
  options: SocketOptions,
): Promise<Handshake | undefined> {
  const { encryption, signal, keepAliveIdleMs } = options;
  const isPlain = encryption === "none" || address.ip === undefined;
  const isDirect = options.tls.negotiation === "direct" && !isPlain;
  function begin(): Handshake {
    const secure = tls.connect(tlsConfig(socket, address, options.tls));
    return { finished: finishTls(secure, signal) };
  }
  const direct = await waitFor(socket, signal, {
    event: "connect",
    then: () => {
      // not before: Deno 2.7 forgets it, and each message waits 40 ms
      socket.setNoDelay(true);
      if (keepAliveIdleMs) socket.setKeepAlive(true, keepAliveIdleMs);
      return isDirect ? begin() : undefined;
    },
  });
  if (isPlain || isDirect) return direct;
  socket.write(SSL_REQUEST);
  const handshake = await waitFor(socket, signal, {
    event: "data",
    then: (answer) => offersTls(answer) ? begin() : undefined,
  });
  if (handshake === undefined && encryption === "required") {
    throw new ConnectProblem("tls_missing");
  }
  return handshake;
}

function offersTls(answer: unknown): boolean {
  // More than one byte was sent before encryption: never trust it
  // (CVE-2021-23222), and no PostgreSQL sends it.
  if (!(answer instanceof Uint8Array) || answer.length !== 1) {
    throw new ConnectProblem("not_postgres");
  }
  const letter = String.fromCharCode(answer[0] ?? 0);
  if (letter === "S") return true;
  if (letter === "N") return false;
  throw new ConnectProblem("not_postgres");
}

async function finishTls(
  secure: tls.TLSSocket,
  signal: AbortSignal,
): Promise<net.Socket> {
  secure.on("error", () => {});
  try {
    await waitFor(secure, signal, { event: "secureConnect", then: () => {} });
    return secure;
  } catch (error) {
    secure.destroy();
    if (signal.aborted) throw error;
    throw new ConnectProblem("tls_failed", error);
  }
}

function tlsConfig(
  socket: net.Socket,
  address: Address,
  options: TlsOptions,
): tls.ConnectionOptions {
  const config: tls.ConnectionOptions = {
    socket,
    host: address.host,
    rejectUnauthorized: options.verify !== "nothing",
  };
  // RFC 6066, section 3: an address is not a server name
  if (net.isIP(address.host) === 0) config.servername = address.host;
  if (options.roots !== undefined) config.ca = options.roots;
  if (options.certificate !== undefined) config.cert = options.certificate;
  if (options.key !== undefined) config.key = options.key();
  if (options.negotiation === "direct") config.ALPNProtocols = ["postgresql"];
  // Only ever to leave the name out: Deno before 2.9 ignores what it returns.
  if (options.verify !== "name") config.checkServerIdentity = () => undefined;
  return config;
}

/** What to wait for, and what to do inside the event. */
interface AwaitedEvent<Result> {
  readonly event: "connect" | "data" | "secureConnect";
  readonly then: (value: unknown) => Result;
}

/** Waits for an event; an error, an end, or an abort rejects. */
function waitFor<Result>(
  socket: net.Socket,
  signal: AbortSignal,
  awaited: AwaitedEvent<Result>,
): Promise<Result> {
  const { event, then } = awaited;
  const waiting = Promise.withResolvers<Result>();
  function arrived(value: unknown): void {
    try {
      waiting.resolve(then(value));
    } catch (error) {
      waiting.reject(error);
    }
  }
  function ended(): void {
    waiting.reject(new ConnectProblem("closed"));
  }
  function aborted(): void {
    waiting.reject(signal.reason);
  }
  if (signal.aborted) aborted();
  socket.once(event, arrived);
  socket.once("error", waiting.reject);
  socket.once("end", ended);
  socket.once("close", ended);
  signal.addEventListener("abort", aborted);
  return waiting.promise.finally(() => {
    socket.off(event, arrived);
    socket.off("error", waiting.reject);
    socket.off("end", ended);
    socket.off("close", ended);
    signal.removeEventListener("abort", aborted);
  });
}
