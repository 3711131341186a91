import { EXIT, type ExitName, LockstepError, SIGNAL_EXITS } from "../errors.ts";
import { maskSecrets } from "../core/config/mask.ts";
import { maskTexts } from "../core/config/mask_texts.ts";
import type { Finding } from "../core/finding.ts";
import type { RunEvent } from "../core/outcome.ts";
import { exitOf, type Report } from "../core/report.ts";
import { secretValues } from "../core/sql/variables.ts";
import type { ManagerHooks, ManagerSettings } from "../migration_manager.ts";
import { bugReport } from "../report/bug_report.ts";
import { renderMessages, renderResult } from "../report/human.ts";
import { renderEventLine } from "../report/json.ts";
import { showLines } from "../report/layout.ts";
import {
  type CommandContext,
  flagText,
  type Manager,
} from "./commands/command.ts";
import { openConfiguration } from "./configuration.ts";
import { confirm } from "./confirm.ts";
import { completionScript, SHELLS } from "./completions.ts";
import { helpText } from "./help_text.ts";
import type { Host } from "./host.ts";
import { chooseStyle, guessStyle, type Style } from "./output_style.ts";
import { type Invocation, parseArguments } from "./program.ts";
import { Progress } from "./progress.ts";
import { requireConsent, YES_TO_FLAG } from "./protection.ts";
import { managerSettings } from "./read_settings.ts";
import { canRedraw, chooseTheme } from "./terminal.ts";

/** Makes the manager that the commands work with. */
export type OpenManager = (
  settings: ManagerSettings,
  hooks: ManagerHooks,
) => Promise<Manager>;

/** Runs one command line to its end and says what the process exits with. */
export async function run(
  host: Host,
  openManager: OpenManager = loadManager,
): Promise<number> {
  const session: Session = {
    host,
    openManager,
    style: guessStyle(host),
    warnings: [],
    secrets: [],
  };
  try {
    const answer = await answerFor(session);
    session.exit = answer.exit;
    session.progress?.end();
    await printAnswer(host, answer);
    await host.flush();
    return EXIT[answer.exit];
  } catch (error) {
    await reportLostOutput(host, error);
    // What became of the database matters more than who reads of it.
    const { exit = "bug" } = session;
    return EXIT[exit === "success" ? "bug" : exit];
  }
}

/** What becomes known while a command line is worked on. */
interface Session {
  readonly host: Host;
  readonly openManager: OpenManager;
  style: Style;
  readonly warnings: Finding[];
  readonly secrets: string[];
  progress?: Progress | undefined;
  /** Known once the work is over and only the printing is left. */
  exit?: ExitName;
}

type Answer =
  | { readonly report: Report; readonly exit: ExitName; readonly style: Style }
  | { readonly bug: unknown; readonly exit: "bug"; readonly style: Style };

class LostOutput extends Error {}

async function answerFor(session: Session): Promise<Answer> {
  const { host, warnings, secrets } = session;
  try {
    const invocation = parseArguments(host.args);
    const { command, settings: flags } = invocation;
    session.style = chooseStyle({ flags, env: host.env }, command);
    const report = await command.run(createContext(session, invocation));
    return {
      report: { ...report, warnings: [...warnings, ...report.warnings] },
      exit: command.chooseExit?.(report, invocation.flags) ?? exitOf(report),
      style: session.style,
    };
  } catch (error) {
    const { style } = session;
    if (error instanceof LostOutput) throw error.cause;
    if (!(error instanceof LockstepError)) {
      return { bug: maskTexts(error, secrets), exit: "bug", style };
    }
    if (host.args.length === 0) {
      const help = helpText(undefined, host.terminals.stderr?.columns);
      host.write("stderr", `${help}\n`);
    }
    const report: Report = { kind: "error", success: false, warnings, error };
    return { report, exit: error.exit, style };
  }
}

function createContext(
  session: Session,
  invocation: Invocation,
): CommandContext {
  const { host, style } = session;
  let opened: Hooks | undefined;
  const hooks = () => opened ??= createHooks(session);
  const { configuration, settings } = openConfiguration(host, {
    flags: invocation.settings,
    secrets: invocation.command.secretVariables,
    onRead: (read, found) => {
      session.warnings.push(...found);
      session.secrets.push(...secretValues(read.variables));
    },
  });
  return {
    arguments: invocation.arguments,
    flags: invocation.flags,
    runtime: host.runtime,
    format: style.format,
    print: (text) => print(host, text),
    readStdin: () => host.readStdin(),
    async confirm(question) {
      if (invocation.flags.has("yes")) return true;
      return await confirm(host, question, hooks().signal);
    },
    completions: (name) => {
      const shell = SHELLS.find((known) => known === name);
      return shell === undefined ? undefined : completionScript(shell);
    },
    helpText: (name) => helpText(name, host.terminals.stdout?.columns),
    async requireProtectedConsent(action) {
      const { environment } = await configuration();
      const yesTo = flagText(invocation.flags, YES_TO_FLAG.name);
      const { signal } = hooks();
      await requireConsent(host, { action, environment, yesTo, signal });
    },
    async describeConfig() {
      const { file, environment } = await configuration();
      const { describeConfig } = await import(
        "../core/config/describe_config.ts"
      );
      return describeConfig(await settings(), { file, environment });
    },
    async manager() {
      const where = await configuration();
      const given = managerSettings(host, where, await settings());
      return await session.openManager(given, hooks());
    },
  };
}

/** Waits for the reader, so that what is printed never piles up. */
async function print(host: Host, text: string): Promise<void> {
  host.write("stdout", text);
  try {
    await host.flush();
  } catch (cause) {
    throw new LostOutput("The output is lost", { cause });
  }
}

type Hooks = ManagerHooks & { readonly signal: AbortSignal };

function createHooks(session: Session): Hooks {
  const { host, style } = session;
  session.progress = style.verbosity === "quiet"
    ? undefined
    : createProgress(host, style);
  const show = (event: RunEvent) => session.progress?.tell(event);
  const record = (event: RunEvent) => {
    if (style.format !== "jsonl") return;
    host.write("stdout", renderEventLine(event, new Date().toISOString()));
  };
  const controller = new AbortController();
  let stoppedAt = -Infinity;
  host.onSignal((signal) => {
    if (host.now() - stoppedAt < ECHO_MS) return;
    const { exit } = session;
    if (controller.signal.aborted && signal === "SIGHUP") return;
    if (controller.signal.aborted || exit !== undefined) {
      const isDone = exit === undefined || exit === "success";
      host.exitNow(EXIT[isDone ? SIGNAL_EXITS[signal] : exit]);
      return;
    }
    stoppedAt = host.now();
    controller.abort(signal);
    record({ type: "cancelling", signal });
    show({ type: "cancelling", signal });
  });
  return {
    onEvent(event) {
      record(event);
      // A program that reads the result need not hear that it takes long.
      const isChatter = event.type === "server_waiting";
      if (!isChatter || style.format === "human") show(event);
    },
    signal: controller.signal,
  };
}

/**
 * timeout(1) sends its signal to the process and then to the whole group, and
 * a parent may pass on a Ctrl-C that the group got already: nobody meant two.
 */
const ECHO_MS = 500;

function createProgress(host: Host, style: Style): Progress {
  const theme = chooseTheme(host, "stderr");
  return new Progress({
    theme,
    statusLine: style.format === "human" && canRedraw(host, "stderr")
      ? "shown"
      : "none",
    write: (text) => host.write("stderr", text),
    now: () => host.now(),
  });
}

/** Loaded late, so that `--help` does not wait for driver and grammar. */
async function loadManager(
  settings: ManagerSettings,
  hooks: ManagerHooks,
): Promise<Manager> {
  const { DatabaseManager, MigrationManager } = await import(
    "../migration_manager.ts"
  );
  // Each connection is closed when it is no longer used.
  const database = new DatabaseManager({ ...settings, idleTimeoutMs: 0 });
  return new MigrationManager(database, { ...settings, ...hooks });
}

async function printAnswer(host: Host, answer: Answer): Promise<void> {
  const { format, verbosity } = answer.style;
  if ("bug" in answer) {
    const { bug } = answer;
    const text = bug instanceof Error ? bug.message : String(bug);
    const document = await renderAnswer(bugReport(text), answer.style, host);
    if (format !== "human") host.write("stdout", document);
    host.write("stderr", renderBug(bug));
    return;
  }
  const { report } = answer;
  const result = await renderAnswer(report, answer.style, host);
  host.write("stdout", result);
  const theme = chooseTheme(host, "stderr");
  const messages = renderMessages(report, verbosity, theme);
  if (messages === "") return;
  const isOneScreen = result !== "" && host.terminals.stdout !== undefined &&
    host.terminals.stderr !== undefined;
  host.write("stderr", isOneScreen ? `\n${messages}` : messages);
}

async function renderAnswer(
  report: Report,
  { format, verbosity }: Style,
  host: Host,
): Promise<string> {
  // Its statements are the document, and are printed already.
  if (report.kind === "split" && report.success) return "";
  const theme = chooseTheme(host, "stdout");
  if (format === "human") return renderResult(report, verbosity, theme);
  // Their parts load only where they are asked for.
  const { FORMATS } = await import("../report/formats/mod.ts");
  const cwd = findWorkingDirectory(host);
  return FORMATS[format].render(report, { verbosity, theme, cwd });
}

function findWorkingDirectory(host: Host): string | undefined {
  try {
    return host.cwd;
  } catch {
    // Paths are shown as they are where it is gone.
    return undefined;
  }
}

function renderBug(bug: unknown): string {
  const text = bug instanceof Error ? bug.stack ?? bug.message : String(bug);
  return [
    ...showLines(text),
    "",
    "This is a bug in lockstep, not in your migrations.",
    "Report it with the lines above, the command and the version.",
  ].map((line) => `${line}\n`).join("");
}

async function reportLostOutput(host: Host, error: unknown): Promise<void> {
  const reason = error instanceof Error ? error.message : String(error);
  host.write("stderr", `Cannot write the output as ${maskSecrets(reason)}\n`);
  await host.flush().catch(() => undefined);
}
