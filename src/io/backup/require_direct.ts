import { ConfigError } from "../../errors.ts";
import { type Connection, describeTarget } from "../postgres/connection.ts";

/**
 * Returns when no pooler stands between. Through one, the session settings of
 * pg_dump, such as an empty search_path, would stay for its other clients.
 *
 * @throws {ConfigError} If there is one.
 */
export async function requireDirect(connection: Connection): Promise<void> {
  const [answer] = await connection.run("SELECT pg_catalog.pg_backend_pid()");
  if (Number(answer?.rows[0]?.[0]) === connection.processId) return;
  throw new ConfigError(
    "pooled_connection",
    `Cannot run pg_dump at ${describeTarget(connection.target)} as a ` +
      "pooler stands before it",
    { hint: "connect past the pooler with --direct-url" },
  );
}
