import { deepEqual, equal, match, ok } from "node:assert/strict";
import { runLockstep } from "../helpers/cli.ts";

async function scriptFor(shell: string): Promise<string> {
  const { code, stdout } = await runLockstep(["completions", shell]);
  equal(code, 0);
  return stdout;
}

/** What a shell prints that runs a script; undefined where it is not there. */
async function runShell(
  shell: string,
  script: string,
): Promise<string | undefined> {
  try {
    const { stdout, stderr, success } = await new Deno.Command(shell, {
      args: ["-c", script],
    }).output();
    ok(success, new TextDecoder().decode(stderr));
    return new TextDecoder().decode(stdout);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** What bash offers behind these words, the last of which is being typed. */
async function completeInBash(...words: string[]): Promise<string[]> {
  const list = ["lockstep", ...words].map((word) => `'${word}'`).join(" ");
  const shown = await runShell(
    "bash",
    `${await scriptFor("bash")}\nCOMP_WORDS=(${list})\n` +
      `COMP_CWORD=${words.length}\n_lockstep\nprintf '%s\\n' "\${COMPREPLY[@]}"`,
  );
  return (shown ?? "").split("\n").filter((line) => line !== "").sort();
}

Deno.test("bash completes commands, also in two words", async () => {
  deepEqual(await completeInBash("stat"), ["status"]);
  deepEqual(await completeInBash("sq"), ["sql"]);
  deepEqual(await completeInBash("sql", ""), ["split"]);
});

Deno.test("bash completes the flags of a command and those of all", async () => {
  deepEqual(await completeInBash("rollback", "--coun"), ["--count"]);
  deepEqual(await completeInBash("rollback", "--connect-t"), [
    "--connect-timeout",
  ]);
  deepEqual(await completeInBash("--table", "a.b", "status", "--exit"), [
    "--exit-code",
  ]);
  deepEqual(await completeInBash("status", "--count"), []);
});

Deno.test("bash leaves the value of a flag alone, and completes folders", async () => {
  deepEqual(await completeInBash("rollback", "--to", ""), []);
  ok((await completeInBash("--migrations-dir", "/us")).includes("/usr"));
});

Deno.test("bash completes the words that a setting takes", async () => {
  deepEqual(await completeInBash("status", "--output", "js"), [
    "json",
    "jsonl",
  ]);
  deepEqual(await completeInBash("migrate", "--backup", ""), [
    "always",
    "auto",
    "never",
  ]);
});

Deno.test("zsh reads the script", async () => {
  const shown = await runShell(
    "zsh",
    `autoload -Uz compinit; compinit -D -u\n${await scriptFor("zsh")}\n` +
      "print -r -- $_comps[lockstep]",
  );
  if (shown !== undefined) equal(shown, "_lockstep\n");
});

Deno.test("zsh completes the words that a setting takes", async () => {
  const shown = await runShell(
    "zsh",
    `autoload -Uz compinit; compinit -D -u\n${await scriptFor("zsh")}\n` +
      'compadd() { print -r -- "$@"; }\n' +
      "words=(lockstep migrate --backup ''); CURRENT=4; _lockstep",
  );
  if (shown !== undefined) equal(shown, "-- auto always never\n");
});

Deno.test("fish completes commands and flags", async () => {
  const script = await scriptFor("fish");
  const shown = await runShell(
    "fish",
    `${script}\ncomplete -C 'lockstep sta'; complete -C 'lockstep sql '\n` +
      "complete -C 'lockstep rollback --cou'; " +
      "complete -C 'lockstep migrate --backup al'",
  );
  if (shown === undefined) return;
  match(shown, /^status\t/m);
  match(shown, /^split\t/m);
  match(shown, /^--count\t/m);
  match(shown, /^always\t/m);
  ok(!shown.includes("--exit-code"), shown);
});

Deno.test("completions refuses a shell that it does not know", async () => {
  const { code, stderr } = await runLockstep(["completions", "tcsh"]);

  equal(code, 2);
  match(stderr, /^error\[invalid_argument\]: Cannot complete for "tcsh"/m);
});
