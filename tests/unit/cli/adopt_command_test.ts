import { deepEqual, equal, match } from "node:assert/strict";
import {
  ADOPT_PLAN,
  ADOPTED,
  BASELINED,
  REFUSED_ADOPT,
} from "../report/sample_adopts.ts";
import { fakeManager } from "./fake_manager.ts";
import { runWith } from "./run_with.ts";

Deno.test("adopt hands its flags to the manager", async () => {
  const { fake } = await runWith({
    args: [
      "adopt",
      "--from",
      "flyway",
      "--source",
      "sql",
      "--history-table",
      "old.history",
      "--force",
      "--dry-run",
    ],
  });

  const [[method, options] = []] = fake.asked.calls;
  equal(method, "adopt");
  deepEqual(JSON.parse(JSON.stringify(options)), {
    from: "flyway",
    source: "sql",
    historyTable: "old.history",
    force: true,
    dryRun: true,
  });
});

Deno.test("adopt needs a tool", async () => {
  const { host, code } = await runWith({ args: ["adopt"] });

  equal(code, 2);
  match(host.written.stderr, /missing_argument.*\n.*dbmate, golang-migrate/);
});

for (const [typed, expected] of [["yes", true], ["no", false]] as const) {
  Deno.test(`adopt shows the plan and asks; "${typed}" is ${expected}`, async () => {
    const decided: (boolean | undefined)[] = [];
    const fake = fakeManager({
      async adopt({ decide }) {
        decided.push(await decide?.(ADOPT_PLAN));
        return ADOPTED;
      },
    });
    const { host } = await runWith({
      args: ["adopt", "--from", "sqlx"],
      terminal: "yes",
      typed: [typed],
    }, fake);

    deepEqual(decided, [expected]);
    match(host.written.stderr, /Write these files and rows\? \[yes\/no\]/);
  });
}

Deno.test("adopt exits with 3 at findings, and with 4 after a no", async () => {
  const refused = await runWith(
    { args: ["adopt", "--from", "sqlx"] },
    fakeManager({ adopt: () => Promise.resolve(REFUSED_ADOPT) }),
  );
  const declined = await runWith(
    { args: ["adopt", "--from", "sqlx"] },
    fakeManager({
      adopt: () => Promise.resolve({ ...ADOPT_PLAN, status: "declined" }),
    }),
  );

  deepEqual([refused.code, declined.code], [3, 4]);
});

Deno.test("baseline hands version and flags to the manager, and asks", async () => {
  const asked: unknown[] = [];
  const fake = fakeManager({
    async baseline({ decide, ...options }) {
      asked.push(options, await decide?.(BASELINED));
      return { ...BASELINED, status: "declined" };
    },
  });
  const { host, code } = await runWith({
    args: ["baseline", "001", "--dump"],
    terminal: "yes",
    typed: ["no"],
  }, fake);

  deepEqual(asked, [{ version: "001", dump: true, dryRun: false }, false]);
  match(host.written.stderr, /Record this\? \[yes\/no\]/);
  equal(code, 4);
});
