import type { Connection } from "../postgres/connection.ts";

/**
 * Keeps a session from being cut off while it waits for a program: by the
 * server's `idle_session_timeout`, and by what stands on the way to it.
 */
export async function holdSession(
  connection: Connection,
): Promise<AsyncDisposable> {
  await connection.run("SET idle_session_timeout = 0");
  const timer = setInterval(() => {
    // That it is lost shows when it is used.
    connection.run("SELECT 1").catch(() => {});
  }, BEAT_MS);
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await connection.run("RESET idle_session_timeout").catch(() => {});
    },
  };
}

const BEAT_MS = 10_000;
