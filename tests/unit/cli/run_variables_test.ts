import { deepEqual, equal, ok } from "node:assert/strict";
import { fakeManager } from "./fake_manager.ts";
import { runWith } from "./run_with.ts";

const SECRET = "hunter2";

Deno.test("run() hands variables of all kinds to the manager", async () => {
  const { fake } = await runWith({
    args: [
      "migrate",
      "--var",
      "a=1,2",
      "--var=b=x=y",
      "--secret-var",
      "pw=PW",
      "--vars-from-env",
      "APP_",
    ],
    env: { PW_FILE: "/run/pw", APP_ROLE: "r" },
    files: { "/run/pw": `${SECRET}\n` },
  });

  deepEqual([...fake.asked.settings?.variables ?? []], [
    ["role", { value: "r", isSecret: false }],
    ["a", { value: "1,2", isSecret: false }],
    ["b", { value: "x=y", isSecret: false }],
    ["pw", { value: SECRET, isSecret: true }],
  ]);
});

Deno.test("run() takes secrets and the prefix from variables, too", async () => {
  const { fake, host } = await runWith({
    args: ["migrate"],
    env: {
      LOCKSTEP_SECRET_VARS: "pw=LOCKSTEP_PW,key=KEY",
      LOCKSTEP_VARS_FROM_ENV: "LOCKSTEP_VAR_",
      LOCKSTEP_PW: SECRET,
      LOCKSTEP_VAR_X: "1",
      KEY: "0123456789",
    },
  });

  deepEqual([...fake.asked.settings?.variables?.keys() ?? []], [
    "x",
    "pw",
    "key",
  ]);
  ok(!host.written.stderr.includes("unknown_variable"), host.written.stderr);
});

Deno.test("run() refuses a secret that is nowhere, with exit 2", async () => {
  const { code, host } = await runWith({
    args: ["migrate", "--secret-var", "pw=PW"],
  });

  equal(code, 2);
  ok(host.written.stderr.includes('Cannot use the secret "pw"'));
});

Deno.test("run() masks a secret in the stack trace of a bug", async () => {
  const fake = fakeManager({
    getStatus: () => Promise.reject(new TypeError(`no ${SECRET} here`)),
  });

  const { code, host } = await runWith({
    args: ["status", "--json", "--secret-var", "pw=PW"],
    env: { PW: SECRET },
  }, fake);

  equal(code, 1);
  ok(host.written.stderr.includes("no *** here"), host.written.stderr);
  ok(!(host.written.stderr + host.written.stdout).includes(SECRET));
});
