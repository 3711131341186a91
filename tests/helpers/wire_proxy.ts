import { MessageReader, type WireSide } from "./wire_messages.ts";

/** One message on its way through the proxy. */
export interface WireMessage {
  readonly from: WireSide;
  /** Counts the connections from 1. */
  readonly connection: number;
  /** Counts the messages of this side, after the login, from 1. */
  readonly index: number;
  /** The letter of the protocol; "" for what comes before the login. */
  readonly type: string;
  /** The body, as far as it is text: the SQL of a query, a command's tag. */
  readonly text: string;
}

/**
 * What becomes of a message: it passes, with a text that is no SQL if it is
 * spoiled, is lost with its connection or with all of them, or passes and is
 * the last that does. `half_close` ends only its own direction; from `stall` on
 * nothing moves any more and nothing closes. What comes behind a `delay` waits
 * with it. `late` closes the client's end at once, and the server gets the
 * message and what the client has sent behind it only a while later.
 */
export type WireAction =
  | "pass"
  | "spoil"
  | "cut"
  | "cut_all"
  | "pass_then_cut"
  | "pass_then_cut_all"
  | "half_close"
  | "late"
  | "delay"
  | "stall"
  | "stall_all";

/** How a proxy treats what passes. */
export interface ProxyOptions {
  /** How long each message is on its way, in each direction. */
  readonly delayMs?: number;
  readonly onMessage?: (message: WireMessage) => WireAction;
  /** What the server reports of itself, in place of its own words. */
  readonly parameters?: Readonly<Record<string, string>>;
}

/** What has passed over one connection. */
export interface WireTraffic {
  /** How often the client sent something and waited for the answer. */
  readonly loginRoundTrips: number;
  readonly roundTrips: number;
  /** Messages of the client after the login. */
  readonly clientMessages: number;
  /** The most requests that had no answer yet. */
  readonly mostUnanswered: number;
}

/** A TCP proxy in front of a PostgreSQL server. */
export interface WireProxy extends AsyncDisposable {
  /** The URL with the address of the proxy, and without encryption. */
  readonly url: string;
  /** One for each connection but those that only ask for a cancellation. */
  readonly traffic: readonly WireTraffic[];
  /** From now on new connections are closed at once. */
  refuse(): void;
  /** From now on new connections pass again. */
  admit(): void;
  /** Cuts all connections. */
  cutAll(): void;
}

/** Listens on a free port for clients of the database of a URL. */
export function startWireProxy(
  databaseUrl: string,
  options: ProxyOptions = {},
): WireProxy {
  const target = new URL(databaseUrl);
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const proxy = new Proxy(listener, {
    ...options,
    server: { hostname: target.hostname, port: Number(target.port) },
  });
  const url = new URL(databaseUrl);
  url.port = String(listener.addr.port);
  url.searchParams.set("sslmode", "disable");
  return {
    url: url.href,
    get traffic() {
      return proxy.links.filter(({ isSession }) => isSession);
    },
    refuse: () => proxy.refuse(),
    admit: () => proxy.admit(),
    cutAll: () => proxy.cutAll(),
    [Symbol.asyncDispose]: () => proxy.stop(),
  };
}

interface ProxyPlan extends ProxyOptions {
  readonly server: { readonly hostname: string; readonly port: number };
}

class Proxy {
  readonly links: Link[] = [];
  readonly #listener: Deno.TcpListener;
  readonly #plan: ProxyPlan;
  readonly #serving: Promise<void>;
  #isRefusing = false;

  constructor(listener: Deno.TcpListener, plan: ProxyPlan) {
    this.#listener = listener;
    this.#plan = plan;
    this.#serving = this.#serve();
  }

  refuse(): void {
    this.#isRefusing = true;
  }

  admit(): void {
    this.#isRefusing = false;
  }

  cutAll(): void {
    for (const link of this.links) link.cut();
  }

  stallAll(): void {
    for (const link of this.links) link.stall();
  }

  async stop(): Promise<void> {
    this.#listener.close();
    this.cutAll();
    await this.#serving;
    await Promise.all(this.links.map((link) => link.ended));
  }

  async #serve(): Promise<void> {
    for await (const client of this.#listener) {
      if (this.#isRefusing) client.close();
      else await this.#link(client);
    }
  }

  async #link(client: Deno.TcpConn): Promise<void> {
    try {
      const server = await Deno.connect(this.#plan.server);
      const number = this.links.length + 1;
      this.links.push(
        new Link({ client, server }, number, { proxy: this, ...this.#plan }),
      );
    } catch {
      // The server is down: the client sees a connection that closes.
      client.close();
    }
  }
}

const BEHIND_MS = 100;
const LATE_MS = 700;
const DELAY_MS = 200;

interface LinkPlan extends ProxyOptions {
  readonly proxy: Proxy;
}

/** One client and its connection to the server. */
class Link implements WireTraffic {
  readonly ended: Promise<void>;
  loginRoundTrips = 0;
  roundTrips = 0;
  clientMessages = 0;
  mostUnanswered = 0;
  /** Whether it is more than a request to cancel. */
  isSession = false;
  readonly #ends: Record<WireSide, Deno.TcpConn>;
  readonly #number: number;
  readonly #plan: LinkPlan;
  readonly #reader = new MessageReader();
  readonly #counts: Record<WireSide, number> = { client: 0, server: 0 };
  /** Ends that have been told that nothing more comes. */
  readonly #finished = new Set<WireSide>();
  #lastFrom: WireSide = "server";
  #hasLoggedIn = false;
  #unanswered = 0;
  #state: "open" | "stalled" | "cut" = "open";

  constructor(
    ends: Record<WireSide, Deno.TcpConn>,
    number: number,
    plan: LinkPlan,
  ) {
    this.#ends = ends;
    this.#number = number;
    this.#plan = plan;
    ends.client.setNoDelay(true);
    ends.server.setNoDelay(true);
    this.ended = Promise.all([
      this.#pump("client", "server"),
      this.#pump("server", "client"),
    ]).then(() => this.cut());
  }

  cut(): void {
    if (this.#state === "cut") return;
    this.#state = "cut";
    for (const end of Object.values(this.#ends)) closeQuietly(end);
  }

  stall(): void {
    if (this.#state === "open") this.#state = "stalled";
  }

  async #pump(from: WireSide, to: WireSide): Promise<void> {
    let tail = Promise.resolve();
    for await (const chunk of readAll(this.#ends[from])) {
      for (const { type, bytes } of this.#reader.push(from, chunk)) {
        const message = this.#note(from, type, bytes);
        const action = this.#plan.onMessage?.(message) ?? "pass";
        const sent = from === "server" && type === "S"
          ? reworded(bytes, this.#plan.parameters)
          : bytes;
        tail = this.#after(tail, () => {
          if (from === "server" && type === "Z") this.#unanswered--;
          return this.#act(action, sent, to);
        });
      }
    }
    await this.#after(tail, () => this.#endOf(to));
  }

  /** In order, and not before the message has been on its way long enough. */
  async #after(tail: Promise<void>, act: () => Promise<void>): Promise<void> {
    const { delayMs = 0 } = this.#plan;
    const arrived = delayMs > 0 ? sleep(delayMs) : undefined;
    await tail;
    await arrived;
    if (this.#state === "open") await act();
  }

  #note(from: WireSide, type: string, bytes: Uint8Array): WireMessage {
    const isAnswered = type !== "X" && type !== "cancel";
    if (from === "client" && this.#lastFrom === "server" && isAnswered) {
      if (this.#hasLoggedIn) this.roundTrips++;
      else this.loginRoundTrips++;
    }
    this.#lastFrom = from;
    if (type === "startup") this.isSession = true;
    if (this.#hasLoggedIn) this.#counts[from]++;
    if (this.#hasLoggedIn && from === "client") this.clientMessages++;
    if (from === "server" && type === "Z") this.#hasLoggedIn = true;
    if (from === "client" && (type === "S" || type === "Q")) {
      this.mostUnanswered = Math.max(this.mostUnanswered, ++this.#unanswered);
    }
    return {
      from,
      connection: this.#number,
      index: this.#counts[from],
      type: type.length === 1 && this.#counts[from] > 0 ? type : "",
      text: new TextDecoder().decode(bytes.subarray(5)).replaceAll("\0", ""),
    };
  }

  async #act(
    action: WireAction,
    bytes: Uint8Array,
    to: WireSide,
  ): Promise<void> {
    switch (action) {
      case "pass":
        return await this.#write(bytes, to);
      case "spoil":
        return await this.#write(spoiled(bytes), to);
      case "cut":
        return this.cut();
      case "cut_all":
        return this.#plan.proxy.cutAll();
      case "pass_then_cut":
        await this.#write(bytes, to);
        return this.cut();
      case "pass_then_cut_all":
        await this.#write(bytes, to);
        return this.#plan.proxy.cutAll();
      case "half_close":
        return await this.#endOf(to);
      case "delay":
        await sleep(DELAY_MS);
        return await this.#write(bytes, to);
      case "late":
        // What the client sends behind it is to be late as well.
        await sleep(BEHIND_MS);
        this.#finished.add("client");
        closeQuietly(this.#ends.client);
        await sleep(LATE_MS);
        return await this.#write(bytes, to);
      case "stall":
        return this.stall();
      case "stall_all":
        return this.#plan.proxy.stallAll();
      default:
        action satisfies never;
    }
  }

  async #write(bytes: Uint8Array, to: WireSide): Promise<void> {
    if (this.#finished.has(to)) return;
    try {
      for (let done = 0; done < bytes.length;) {
        done += await this.#ends[to].write(bytes.subarray(done));
      }
    } catch {
      // A client that has gone has sent what is still on its way.
      if (to === "client") this.#finished.add(to);
      else this.cut();
    }
  }

  async #endOf(to: WireSide): Promise<void> {
    if (this.#finished.has(to)) return;
    this.#finished.add(to);
    await this.#ends[to].closeWrite().catch(() => this.cut());
  }
}

/** The same query, of which the server understands nothing. */
function spoiled(bytes: Uint8Array): Uint8Array {
  return bytes.slice().fill("x".charCodeAt(0), 5, bytes.length - 1);
}

/** A ParameterStatus: a letter, a length, a name and a value. */
function reworded(
  bytes: Uint8Array,
  parameters: ProxyOptions["parameters"] = {},
): Uint8Array {
  const [name = ""] = new TextDecoder().decode(bytes.subarray(5)).split("\0");
  const value = parameters[name];
  if (value === undefined) return bytes;
  const body = new TextEncoder().encode(`${name}\0${value}\0`);
  const message = new Uint8Array(5 + body.length);
  message.set(bytes.subarray(0, 1));
  new DataView(message.buffer).setUint32(1, 4 + body.length);
  message.set(body, 5);
  return message;
}

async function* readAll(end: Deno.TcpConn): AsyncGenerator<Uint8Array> {
  const buffer = new Uint8Array(65_536);
  while (true) {
    const size = await end.read(buffer).catch(() => null);
    if (size === null) return;
    yield buffer.slice(0, size);
  }
}

function closeQuietly(end: Deno.TcpConn): void {
  try {
    end.close();
  } catch {
    // Closed before.
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
