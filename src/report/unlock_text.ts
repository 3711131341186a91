import type { LockSession, LockSessionRole } from "../core/lock_session.ts";
import type { UnlockReport } from "../core/unlock_report.ts";
import { clipText, formatDuration, showText } from "./layout.ts";
import { paint, type Theme } from "./theme.ts";

/** Who has to do with the lock, what was ended, and what to do. */
export function renderUnlock(report: UnlockReport, theme: Theme): string {
  if (report.askedAt === undefined) return "";
  return [
    ...report.ended.map((session) =>
      `ended ${describeSession(session, report)}\n`
    ),
    renderState(report, theme),
    ...report.sessions.map((session) => renderSession(session, report, theme)),
    ...adviseOn(report).map((line) => `${line}\n`),
  ].join("");
}

/** What a person is asked before sessions are ended. */
export function renderEndQuestion(
  sessions: readonly LockSession[],
  report: UnlockReport,
): string {
  const count = sessions.length === 1
    ? "this session"
    : `these ${sessions.length} sessions`;
  return [
    ...sessions.map((session) => describeSession(session, report)),
    `End ${count}?`,
  ].join("\n");
}

function describeSession(session: LockSession, report: UnlockReport): string {
  const { processId, user, application, state, version } = session;
  return [
    `pid ${processId}`,
    ...(user === undefined ? [] : [`user ${showText(user)}`]),
    ...(application === undefined ? [] : [showText(application)]),
    `from ${addressOf(session)}`,
    ...(state === undefined ? [] : [stateOf(session, report)]),
    ...(version === undefined ? [] : [`migration ${showText(version)}`]),
  ].join(", ");
}

function renderState({ sessions, table }: UnlockReport, theme: Theme): string {
  const lock = `the migration lock of ${showText(table)}`;
  if (sessions.some(({ role }) => role === "holder")) {
    return paint(theme, "warning", `A session holds ${lock}.`) + "\n";
  }
  return paint(theme, "good", `Nobody holds ${lock}.`) + "\n";
}

const ROLE_WORDS: Readonly<Record<LockSessionRole, string>> = {
  holder: "holds the lock",
  worker: "works for that run",
  left_over: "left at work by a dead run",
};

function renderSession(
  session: LockSession,
  report: UnlockReport,
  theme: Theme,
): string {
  const head = `pid ${session.processId}`;
  const rows: readonly (readonly [string, string | undefined])[] = [
    ["user", session.user],
    ["application", session.application],
    ["address", addressOf(session)],
    ["connected", momentOf(session.connectedAt, report)],
    [
      session.role === "holder" ? "locked" : "transaction",
      momentOf(session.since, report),
    ],
    ["state", session.state && stateOf(session, report)],
    ["waits for", session.waitsFor],
    ["migration", session.version],
    ["run", session.runId],
    ["statement", session.query],
  ];
  const width = theme.columns === undefined ? Infinity : theme.columns - 17;
  const lines = rows.flatMap(([label, text]) =>
    text === undefined
      ? []
      : [`    ${label.padEnd(12)} ${clipText(showText(text), width, theme)}\n`]
  );
  return `\n  ${paint(theme, "strong", head)}  ${ROLE_WORDS[session.role]}\n` +
    lines.join("");
}

function addressOf({ address, isHidden }: LockSession): string {
  return address ?? (isHidden ? "an unknown address" : "a local socket");
}

function stateOf(session: LockSession, report: UnlockReport): string {
  const age = ageOf(session.stateSince, report);
  return age === undefined ? `${session.state}` : `${session.state} for ${age}`;
}

function momentOf(
  moment: string | undefined,
  report: UnlockReport,
): string | undefined {
  if (moment === undefined) return undefined;
  const age = ageOf(moment, report);
  const text = `${moment.slice(0, 19)}Z`;
  return age === undefined ? text : `${text}, ${age} ago`;
}

function ageOf(
  moment: string | undefined,
  { askedAt }: UnlockReport,
): string | undefined {
  if (moment === undefined || askedAt === undefined) return undefined;
  const ms = Date.parse(askedAt) - Date.parse(moment);
  return Number.isNaN(ms) ? undefined : formatDuration(Math.max(0, ms));
}

function adviseOn({ sessions, ended }: UnlockReport): readonly string[] {
  const blocks = [
    sessions.some(({ isHidden }) => isHidden) ? [HIDDEN] : [],
    ended.length > 0 ? AFTERMATH : adviseOnSessions(sessions),
    ended.length > 0 && sessions.length > 0 ? [UNTOUCHED] : [],
  ];
  return blocks.flatMap((lines) => lines.length === 0 ? [] : ["", ...lines]);
}

function adviseOnSessions(
  sessions: readonly LockSession[],
): readonly string[] {
  if (sessions.length === 0) return [];
  if (sessions.every(({ role }) => role === "left_over")) return LEFT_OVER;
  const worker = sessions.find(({ role }) => role === "worker");
  const isHidden = sessions.some((session) => session.isHidden);
  const idle = isHidden
    ? "What its run does is hidden from this role."
    : "No statement of its run is at work: it is between two, or stuck.";
  const work = worker === undefined
    ? idle
    : `Its run is at work on migration ${showText(worker.version ?? "")}.`;
  return [work, ...HELD];
}

const HIDDEN = "More is shown to a role with GRANT pg_read_all_stats.";

const HELD = [
  "To hold the lock, a session waits in a transaction that is idle; that is",
  "no sign of trouble. Wait for the run to end; if it is stuck, end the session",
  'with "lockstep unlock --terminate". The run then stops: what it had not',
  "committed is rolled back, and nothing is half recorded.",
];

const LEFT_OVER = [
  "The next run waits until the server has finished with what is left.",
  'To end it at once: "lockstep unlock --terminate".',
];

const AFTERMATH = [
  "The run that was ended stops: what it had not committed is rolled back, what",
  "it had committed is recorded. Run the same command again to go on.",
];

const UNTOUCHED = "The sessions that are shown were not touched.";
