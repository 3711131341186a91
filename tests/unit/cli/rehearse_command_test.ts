import { deepEqual, equal, match } from "node:assert/strict";
import { NOT_REVERSIBLE } from "../report/sample_rehearsals.ts";
import { fakeManager } from "./fake_manager.ts";
import { runWith } from "./run_with.ts";

Deno.test("rehearse takes all files and the server of the database unless told", async () => {
  const { code, host, fake } = await runWith({ args: ["rehearse"] });

  equal(code, 0);
  match(host.written.stdout, /Rehearsed 1 migration: 1 applied, rolled back/);
  deepEqual(fake.asked.calls, [["rehearse", { pending: false }]]);
});

Deno.test("rehearse hands scope and server to the manager", async () => {
  const { fake } = await runWith({
    args: ["rehearse", "--pending", "--on", "postgres://x/y"],
  });

  deepEqual(fake.asked.calls, [["rehearse", {
    pending: true,
    on: "postgres://x/y",
  }]]);
});

Deno.test("rehearse exits with 3 for findings", async () => {
  const fake = fakeManager({ rehearse: () => Promise.resolve(NOT_REVERSIBLE) });

  equal((await runWith({ args: ["rehearse"] }, fake)).code, 3);
});
