import { denoHost } from "./src/cli/host.ts";
import { run } from "./src/cli/run.ts";

Deno.exit(await run(denoHost()));
