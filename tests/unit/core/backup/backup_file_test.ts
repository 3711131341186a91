import { equal } from "node:assert/strict";
import {
  backupName,
  checksumLine,
  parseChecksumLine,
  restoreCommand,
} from "../../../../src/core/backup/backup_file.ts";

const time = new Date("2026-11-22T18:04:00.123Z");
const runId = "0192ab34-0000-4000-8000-000000000000";

for (
  const [database, expected] of [
    ["shop", "shop_20261122T180400Z_0192ab34.dump"],
    ["My shop/../x", "My_shop_.._x_20261122T180400Z_0192ab34.dump"],
    [".hidden", "_.hidden_20261122T180400Z_0192ab34.dump"],
    ["--flag", "_--flag_20261122T180400Z_0192ab34.dump"],
    ["日本", "__20261122T180400Z_0192ab34.dump"],
  ] as const
) {
  Deno.test(`backupName() makes a plain name of ${database}`, () => {
    equal(backupName({ database, time, runId, method: "pg_dump" }), expected);
  });
}

Deno.test("backupName() says what is a tar archive", () => {
  equal(
    backupName({ database: "shop", time, runId, method: "copy" }),
    "shop_20261122T180400Z_0192ab34.tar",
  );
});

for (
  const [path, expected] of [
    ["backups/a.dump", "lockstep restore backups/a.dump"],
    ["my backups/a.dump", "lockstep restore 'my backups/a.dump'"],
    ["it's/a.dump", "lockstep restore 'it'\\''s/a.dump'"],
    ["$HOME/a.dump", "lockstep restore '$HOME/a.dump'"],
  ] as const
) {
  Deno.test(`restoreCommand() quotes ${path} for a shell`, () => {
    equal(restoreCommand(path), expected);
  });
}

Deno.test("parseChecksumLine() reads what checksumLine() and sha256sum write", () => {
  const sha256 = "a".repeat(64);

  equal(parseChecksumLine(checksumLine(sha256, "a.dump")), sha256);
  equal(parseChecksumLine(`${"A".repeat(64)} *a.dump\n`), sha256);
  equal(parseChecksumLine("nothing"), undefined);
});
