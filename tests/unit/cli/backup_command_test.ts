import { deepEqual, equal, match } from "node:assert/strict";
import { RESTORED } from "../report/sample_backups.ts";
import { fakeManager } from "./fake_manager.ts";
import { runWith } from "./run_with.ts";

Deno.test("backup hands the schemas to the manager, and prints the way back", async () => {
  const { code, host, fake } = await runWith({
    args: ["backup", "--schema", "app, audit"],
  });

  equal(code, 0);
  deepEqual(fake.asked.calls, [["createBackup", {
    schemas: ["app", "audit"],
  }]]);
  match(host.written.stdout, /^restore it with: lockstep restore backups/m);
});

Deno.test("backup refuses an empty name of a schema", async () => {
  const { code, fake } = await runWith({
    args: ["backup", "--schema", "a,,b"],
  });

  equal(code, 2);
  deepEqual(fake.asked.calls, []);
});

Deno.test("restore hands the file and the other database to the manager", async () => {
  const { code, fake } = await runWith({
    args: ["restore", "a.dump", "--into", "postgres:///x", "--dry-run"],
  });

  equal(code, 0);
  const [[method, [path, options]]] = JSON.parse(
    JSON.stringify(fake.asked.calls),
  );
  deepEqual([method, path, options], [
    "restore",
    "a.dump",
    { into: "postgres:///x", dryRun: true },
  ]);
});

Deno.test("restore exits with 3 when the answer was no", async () => {
  const { code } = await runWith(
    { args: ["restore", "a.dump"] },
    fakeManager({
      restore: () => Promise.resolve({ ...RESTORED, status: "declined" }),
    }),
  );

  equal(code, 3);
});

Deno.test("backup prints nothing when it is quiet", async () => {
  const { code, host } = await runWith({ args: ["backup", "--quiet"] });

  deepEqual([code, host.written.stdout], [0, ""]);
});
