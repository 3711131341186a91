import type { Connection } from "../../postgres/connection.ts";

/**
 * Keeps a session from being cut off while a file is read, or a question is
 * asked: by a timeout of the server, and by what stands on the way to it. It
 * sets nothing, which would stay behind a pooler.
 */
export function keepAwake(connection: Connection): AsyncDisposable {
  const timer = setInterval(() => {
    // That it is lost shows when it is used.
    connection.run("SELECT 1").catch(() => {});
  }, BEAT_MS);
  return {
    [Symbol.asyncDispose]() {
      clearInterval(timer);
      return Promise.resolve();
    },
  };
}

const BEAT_MS = 5_000;
