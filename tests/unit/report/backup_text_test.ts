import { equal, match } from "node:assert/strict";
import {
  renderBackup,
  renderBackupDecision,
  renderRestore,
  renderRestoreQuestion,
} from "../../../src/report/backup_text.ts";
import { BACKUP, RESTORED } from "./sample_backups.ts";
import { PLAIN } from "./sample_reports.ts";

Deno.test("renderBackup() shows the file, its checksum and the way back", () => {
  equal(
    renderBackup(BACKUP, PLAIN),
    `backup: backups/app_20261122T180400Z_0192ab34.dump, 1.2 MB
SHA-256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
restore it with: lockstep restore backups/app_20261122T180400Z_0192ab34.dump
`,
  );
});

Deno.test("renderBackupDecision() says what would be done and why", () => {
  const none = { decision: "off", reason: "--backup is never", causes: [] };

  equal(
    renderBackupDecision({ ...none, decision: "off" }, PLAIN),
    "backup: none, as --backup is never\n",
  );
  equal(
    renderBackupDecision({ ...none, decision: "made" }, PLAIN),
    "backup: would be made first, as --backup is never\n",
  );
});

Deno.test("renderRestore() says what was restored", () => {
  equal(
    renderRestore(RESTORED, PLAIN),
    `backups/app_20261122T180400Z_0192ab34.dump: 1.2 MB, unchanged since it was made
database "app" of 2026-11-22 18:04:00 UTC, PostgreSQL 18.4, 12 tables with data
Restored.
`,
  );
});

Deno.test("renderRestoreQuestion() names where the data will be replaced", () => {
  match(
    renderRestoreQuestion({
      path: "a.dump",
      target: 'database "app" on localhost:5432',
      sha256: "",
      sizeBytes: 1,
      checksum: "unknown",
      database: "app",
      createdAt: "today",
      serverVersion: "18.4",
      tables: 1,
    }),
    /Replace what it holds in database "app" on localhost:5432\? What was/,
  );
});
