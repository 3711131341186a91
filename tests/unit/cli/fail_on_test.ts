import { equal } from "node:assert/strict";
import { runWith } from "./run_with.ts";

const FILES = {
  "/work/lockstep.toml":
    '[env.prod]\nprotected = true\n[env.calm]\nprotected = true\nfail_on = "off"\n',
};

/** What the manager is told to stop at. */
async function failOnOf(...args: string[]): Promise<string | undefined> {
  const { fake } = await runWith({ args: ["migrate", ...args], files: FILES });
  return fake.asked.settings?.failOn;
}

Deno.test("migrate does without lint unless it is told", async () => {
  equal(await failOnOf(), undefined);
  equal(await failOnOf("--fail-on", "warning"), "warning");
});

Deno.test("migrate stops at errors of lint in a protected environment", async () => {
  equal(await failOnOf("--env", "prod"), "error");
});

Deno.test("migrate stops in a protected environment at what is set for it", async () => {
  equal(await failOnOf("--env", "calm"), "off");
  equal(await failOnOf("--env", "prod", "--fail-on", "info"), "info");
});
