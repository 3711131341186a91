import { readFileChunks } from "../../src/io/script_file.ts";

/** Opens a file more often than a process may have files open. */
const [cwd = ""] = Deno.args;
for (let i = 0; i < 100; i++) {
  const chunks = readFileChunks("m/001_a.sql", { dir: "m", cwd });
  await chunks.next();
  await chunks.return();
}
