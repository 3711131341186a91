import { run } from "../../../src/cli/run.ts";
import { type FakeHost, fakeHost, type FakeProcess } from "./fake_host.ts";
import { fakeManager } from "./fake_manager.ts";

/** Runs a command line in a process in memory. */
export async function runWith(
  process: FakeProcess,
  fake = fakeManager(),
): Promise<{ code: number; host: FakeHost; fake: typeof fake }> {
  const host = fakeHost({ cwd: "/work", ...process });
  const code = await run(host, fake.open);
  return { code, host, fake };
}
