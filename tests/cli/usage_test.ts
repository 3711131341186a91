import { fileURLToPath } from "node:url";
import { deepEqual, equal, ok } from "node:assert/strict";
import { binaryPath, runLockstep } from "../helpers/cli.ts";

const SECRET = "hunter2";

Deno.test("lockstep without a command prints the help to stderr and exits 2", async () => {
  const { code, stdout, stderr } = await runLockstep([]);

  deepEqual([code, stdout], [2, ""]);
  ok(stderr.startsWith("Usage: lockstep <command> [flags]\n"));
});

Deno.test("lockstep refuses an unknown command with a suggestion", async () => {
  const { code, stdout, stderr } = await runLockstep(["statsu"]);

  deepEqual([code, stdout], [2, ""]);
  equal(
    stderr,
    'error[unknown_command]: Cannot run "statsu" as there is no such command\n' +
      'hint: did you mean "status"?\n',
  );
});

Deno.test("lockstep prints no password of a mistyped flag", async () => {
  const args = ["status", `--databse-url=postgres://u:${SECRET}@h/db`];

  const { code, stdout, stderr } = await runLockstep(args);

  equal(code, 2);
  ok(!(stdout + stderr).includes(SECRET));
});

Deno.test("lockstep prints no password of a URL that cannot be used", async () => {
  const args = ["status", "--database-url", `postgres://u:${SECRET}@h:x/db`];

  const { code, stdout, stderr } = await runLockstep(args);

  equal(code, 2);
  ok(!(stdout + stderr).includes(SECRET), stderr);
});

Deno.test("lockstep exits 7 without a password when nobody listens", async () => {
  const url = `postgres://u:${SECRET}@127.0.0.1:1/db`;

  const { code, stdout, stderr } = await runLockstep(["status"], {
    env: { DATABASE_URL: url },
    cwd: fileURLToPath(new URL("../..", import.meta.url)),
  });

  equal(code, 7, stderr);
  ok(stderr.startsWith("error[cannot_connect]: "));
  ok(!(stdout + stderr).includes(SECRET));
});

Deno.test("lockstep help migrate and lockstep migrate --help say the same", async () => {
  const help = await runLockstep(["help", "migrate"]);
  const flag = await runLockstep(["migrate", "--help"]);

  equal(help.code, 0);
  ok(help.stdout.startsWith("Usage: lockstep migrate [version] [flags]\n"));
  deepEqual(flag, help);
});

Deno.test("lockstep version --json names version and runtime", async () => {
  const { code, stdout } = await runLockstep(["version", "--json"]);

  equal(code, 0);
  const { kind, runtime } = JSON.parse(stdout);
  equal(kind, "version");
  ok(/^Deno \d+\.\d+\.\d+/.test(runtime));
});

Deno.test("lockstep ends quietly when its reader has gone", async () => {
  const { code, stderr } = await runShell('"$0" help | head -n 1 >/dev/null');

  deepEqual([code, stderr], [0, ""]);
});

Deno.test("lockstep exits 1 and says so when its output is lost", async () => {
  const { code, stderr } = await runShell('"$0" help >/dev/full');

  equal(code, 1);
  ok(stderr.startsWith("Cannot write the output as "));
});

async function runShell(
  script: string,
): Promise<{ code: number; stderr: string }> {
  const { code, stderr } = await new Deno.Command("sh", {
    args: ["-c", script, binaryPath()],
    stdin: "null",
  }).output();
  return { code, stderr: new TextDecoder().decode(stderr) };
}
