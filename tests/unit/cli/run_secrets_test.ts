import { equal, ok } from "node:assert/strict";
import { fakeManager } from "./fake_manager.ts";
import { runWith } from "./run_with.ts";

const SECRET = "hunter2";
const URL_WITH_SECRET = `postgres://app:${SECRET}@db.example/app`;

Deno.test("run() reads the URL from the file that a variable names", async () => {
  const { fake } = await runWith({
    args: ["status"],
    env: { DATABASE_URL_FILE: "/run/secrets/url" },
    files: { "/run/secrets/url": `${URL_WITH_SECRET}\n` },
  });

  equal(fake.asked.settings?.databaseUrl, URL_WITH_SECRET);
});

Deno.test("run() hands the way past the pooler to the manager", async () => {
  const byFlag = await runWith({
    args: ["migrate", "--direct-url", URL_WITH_SECRET],
  });
  const byFile = await runWith({
    args: ["migrate"],
    env: { LOCKSTEP_DIRECT_URL_FILE: "/run/secrets/url" },
    files: { "/run/secrets/url": URL_WITH_SECRET },
  });

  equal(byFlag.fake.asked.settings?.directUrl, URL_WITH_SECRET);
  equal(byFile.fake.asked.settings?.directUrl, URL_WITH_SECRET);
});

Deno.test("run() reports a bug with its stack, exit 1 and no password", async () => {
  const fake = fakeManager({
    getStatus: () => Promise.reject(new Error(`boom ${URL_WITH_SECRET}`)),
  });

  const { code, host } = await runWith({ args: ["status", "--json"] }, fake);

  equal(code, 1);
  ok(host.written.stderr.includes("    at "));
  ok(host.written.stderr.includes("This is a bug in lockstep"));
  equal(JSON.parse(host.written.stdout).error.code, "bug");
  ok(!(host.written.stderr + host.written.stdout).includes(SECRET));
});

const LINES_WITH_SECRETS: readonly (readonly string[])[] = [
  ["status", "--database-url", URL_WITH_SECRET],
  [URL_WITH_SECRET],
  [`--databse-url=${URL_WITH_SECRET}`, "status"],
  ["status", "--databse-url", URL_WITH_SECRET],
  [`-p${SECRET}`, "status"],
  ["migrate", "001", URL_WITH_SECRET],
  ["status", `--json=${URL_WITH_SECRET}`],
  ["status", "--wait", URL_WITH_SECRET],
  ["rollback", "--count", URL_WITH_SECRET],
  ["help", URL_WITH_SECRET],
  ["help", `host=db password=${SECRET}`],
  ["status", "--lock-key", `host=db password='${SECRET}'`],
];

for (const args of LINES_WITH_SECRETS) {
  const shown = args.join(" ").replaceAll(SECRET, "***");
  Deno.test(`run() prints no password for ${shown}`, async () => {
    const { host } = await runWith({ args });
    const json = await runWith({ args, env: { LOCKSTEP_JSON: "true" } });

    const all = Object.values({ ...host.written }).join() +
      Object.values(json.host.written).join();
    ok(all.length > 10);
    ok(!all.includes(SECRET), all);
  });
}
