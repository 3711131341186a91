import { equal, ok } from "node:assert/strict";
import { displayWidth } from "../../../src/report/layout.ts";
import {
  renderEndQuestion,
  renderUnlock,
} from "../../../src/report/unlock_text.ts";
import { LOCKED, PLAIN, UNLOCKED } from "./sample_reports.ts";

Deno.test("renderUnlock() shows all that is known of each session, and what to do", () => {
  equal(
    renderUnlock(LOCKED, PLAIN),
    `A session holds the migration lock of public.schema_migrations.

  pid 4711  holds the lock
    user         app
    application  lockstep/0.1.0
    address      10.0.0.3
    connected    2026-11-22T18:00:00Z, 4 min 2 s ago
    locked       2026-11-22T18:00:01Z, 4 min 1 s ago
    state        idle in transaction for 2.00 s
    waits for    Client: ClientRead
    statement    SELECT 1

  pid 4712  works for that run
    user         app
    address      a local socket
    migration    003
    run          6f0c
    statement    \\x1b[31mx\\nerror[y]: z\\u202e\\x85

  pid 4800  left at work by a dead run
    address      an unknown address

More is shown to a role with GRANT pg_read_all_stats.

Its run is at work on migration 003.
To hold the lock, a session waits in a transaction that is idle; that is
no sign of trouble. Wait for the run to end; if it is stuck, end the session
with "lockstep unlock --terminate". The run then stops: what it had not
committed is rolled back, and nothing is half recorded.
`,
  );
});

Deno.test("renderUnlock() says what becomes of a run that was ended", () => {
  equal(
    renderUnlock({ ...UNLOCKED, ended: LOCKED.sessions.slice(0, 1) }, PLAIN),
    `ended pid 4711, user app, lockstep/0.1.0, from 10.0.0.3, idle in transaction for 2.00 s
Nobody holds the migration lock of public.schema_migrations.

The run that was ended stops: what it had not committed is rolled back, what
it had committed is recorded. Run the same command again to go on.
`,
  );
});

Deno.test("renderUnlock() says that it touched no other session", () => {
  const text = renderUnlock({
    ...LOCKED,
    sessions: LOCKED.sessions.slice(1),
    ended: LOCKED.sessions.slice(0, 1),
  }, PLAIN);

  ok(text.endsWith("\nThe sessions that are shown were not touched.\n"), text);
});

Deno.test("renderUnlock() says how to end what is left over", () => {
  const text = renderUnlock(
    { ...LOCKED, sessions: LOCKED.sessions.slice(2) },
    PLAIN,
  );

  ok(text.startsWith("Nobody holds the migration lock"), text);
  ok(text.includes("The next run waits until the server has finished"), text);
});

Deno.test("renderUnlock() tells an idle run from one that is hidden", () => {
  const [holder] = LOCKED.sessions;
  ok(holder !== undefined);
  const hidden = { ...holder, isHidden: true };

  const idleText = renderUnlock({ ...LOCKED, sessions: [holder] }, PLAIN);
  const hiddenText = renderUnlock({ ...LOCKED, sessions: [hidden] }, PLAIN);

  ok(idleText.includes("No statement of its run is at work"), idleText);
  ok(hiddenText.includes("is hidden from this role"), hiddenText);
});

Deno.test("renderUnlock() says nothing when the server was not asked", () => {
  const { askedAt: _askedAt, ...report } = LOCKED;

  equal(renderUnlock(report, PLAIN), "");
});

Deno.test("renderUnlock() keeps to 80 columns", () => {
  const [holder] = LOCKED.sessions;
  ok(holder !== undefined);
  const sessions = [{ ...holder, query: "x".repeat(200) }];

  const text = renderUnlock({ ...LOCKED, sessions }, { ...PLAIN, columns: 80 });

  ok(text.split("\n").every((line) => displayWidth(line) <= 80), text);
});

Deno.test("renderEndQuestion() counts the sessions", () => {
  const text = renderEndQuestion(LOCKED.sessions.slice(1), LOCKED);

  ok(text.endsWith("\nEnd these 2 sessions?"), text);
});
