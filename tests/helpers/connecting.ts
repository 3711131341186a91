import { connect, type Connection } from "../../src/io/postgres/connection.ts";
import {
  type ConnectionInput,
  type ConnectionOptions,
  resolveConnectionOptions,
} from "../../src/io/postgres/connection_options.ts";

/** The options of a URL, with nothing from this machine's environment. */
export function optionsOf(
  databaseUrl: string,
  more: Partial<ConnectionInput> = {},
): Promise<ConnectionOptions> {
  return resolveConnectionOptions({
    databaseUrl,
    env: {},
    homeDir: "/nonexistent",
    userName: "nobody",
    applicationName: "lockstep/test",
    ...more,
  });
}

/** A connection to the database of a URL. */
export async function connectTo(databaseUrl: string): Promise<Connection> {
  return await connect(await optionsOf(databaseUrl));
}
