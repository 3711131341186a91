import assert from "node:assert/strict";
import { userInfo } from "node:os";
import { readAuthor } from "../../src/io/author.ts";
import { withFolder } from "./folder.ts";

Deno.test("readAuthor() asks git", async () => {
  await withFolder({
    ".git/HEAD": "ref: refs/heads/main\n",
    ".git/config": "[user]\n\tname = Ada Lovelace\n",
    ".git/objects/x": "",
    ".git/refs/x": "",
  }, async (cwd) => {
    assert.equal(await readAuthor({ cwd, env: {} }), "Ada Lovelace");
  });
});

Deno.test({
  name: "readAuthor() knows the user where it may not run git",
  permissions: { run: false, sys: true },
  fn: async () => {
    assert.equal(
      await readAuthor({ cwd: "/", env: { USER: "else" } }),
      userInfo().username,
    );
  },
});

Deno.test({
  name: "readAuthor() takes the environment's word without both",
  permissions: "none",
  fn: async () => {
    assert.equal(await readAuthor({ cwd: "/", env: { USER: "u" } }), "u");
    assert.equal(await readAuthor({ cwd: "/", env: { LOGNAME: "l" } }), "l");
    assert.equal(await readAuthor({ cwd: "/", env: {} }), "unknown");
  },
});
