/** What a fake server does with one client, after the client's first bytes. */
export type Behavior = (client: Deno.TcpConn) => Promise<void>;

/** A server that is not PostgreSQL, or only looks like it. */
export interface FakeServer extends AsyncDisposable {
  readonly port: number;
  /** How many clients came. */
  readonly clients: number;
}

/** Listens on a free port and treats each client as told, the last for ever. */
export function startFakeServer(
  ...behaviors: readonly Behavior[]
): FakeServer {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const running: Promise<void>[] = [];
  let clients = 0;
  async function serve(): Promise<void> {
    for await (const client of listener) {
      const behavior = behaviors[Math.min(clients, behaviors.length - 1)];
      clients++;
      if (behavior !== undefined) running.push(treat(client, behavior));
    }
  }
  const served = serve();
  return {
    port: listener.addr.port,
    get clients() {
      return clients;
    },
    async [Symbol.asyncDispose]() {
      listener.close();
      await served;
      await Promise.all(running);
    },
  };
}

/** Hears the startup message, then answers and waits for the client to go. */
export function answering(...messages: readonly Uint8Array[]): Behavior {
  return async (client) => {
    await client.read(new Uint8Array(65_536));
    for (const message of messages) await client.write(message);
    while (await client.read(new Uint8Array(65_536)) !== null);
  };
}

/** Hears the startup message, answers, and goes. */
export function answeringOnce(...messages: readonly Uint8Array[]): Behavior {
  return async (client) => {
    await client.read(new Uint8Array(65_536));
    for (const message of messages) await client.write(message);
  };
}

/** Never says anything. */
export const mute: Behavior = answering();

/** A login without a password, on a server that reports these parameters. */
export function welcome(
  parameters: Readonly<Record<string, string>>,
): Uint8Array {
  return joined(
    message("R", number(0)),
    ...Object.entries(parameters).map(([name, value]) =>
      message("S", text(name), text(value))
    ),
    message("K", number(4711), number(1)),
    message("Z", new TextEncoder().encode("I")),
  );
}

/** An ErrorResponse that ends the session. */
export function fatal(sqlstate: string, said: string): Uint8Array {
  const fields = { S: "FATAL", V: "FATAL", C: sqlstate, M: said };
  const parts = Object.entries(fields).map(([name, value]) =>
    text(`${name}${value}`)
  );
  return message("E", ...parts, Uint8Array.of(0));
}

/** A message of the protocol: a letter, a length, and what it says. */
export function message(
  letter: string,
  ...parts: readonly Uint8Array[]
): Uint8Array {
  const body = joined(...parts);
  return joined(
    new TextEncoder().encode(letter),
    number(body.length + 4),
    body,
  );
}

/** Four bytes, the highest first. */
export function number(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

/** A string with the zero that ends it. */
export function text(value: string): Uint8Array {
  return new TextEncoder().encode(`${value}\0`);
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

async function treat(client: Deno.TcpConn, behavior: Behavior): Promise<void> {
  try {
    await behavior(client);
  } catch (error) {
    const isGone = error instanceof Deno.errors.ConnectionReset ||
      error instanceof Deno.errors.BrokenPipe;
    if (!isGone) throw error;
  } finally {
    client.close();
  }
}
