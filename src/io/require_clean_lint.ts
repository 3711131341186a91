import type { FailOn } from "../core/lint/fail_on.ts";
import type { Migration } from "../core/migration.ts";
import type { Step } from "../core/plan/plan.ts";
import type { RunSettings } from "../core/run_settings.ts";
import type { Draft } from "./loading.ts";

/** Which findings are too bad, and where they are told. */
export interface LintGate {
  /** None when absent. */
  readonly failOn?: FailOn | undefined;
  /** All that the folder has. */
  readonly migrations: readonly Migration[];
  readonly settings: RunSettings;
  /** Versions whose steps were looked at before. */
  readonly known?: ReadonlyMap<string, unknown>;
  /** Gets what is found. */
  readonly draft: Draft;
}

/** Throws `lint_findings` when lint finds in these steps what is too bad. */
export async function requireCleanLint(
  steps: readonly Step[],
  gate: LintGate,
): Promise<void> {
  const { failOn = "off", migrations, settings, known, draft } = gate;
  const fresh = steps.filter(({ version }) => known?.has(version) !== true);
  if (failOn === "off" || fresh.length === 0) return;
  // The grammar is heavy, and most runs do without it.
  const { findInPending, toLintError } = await import("./lint_pending.ts");
  const wanted = { migrations, settings, failOn };
  const findings = await findInPending(fresh, wanted);
  draft.warnings = [...draft.warnings, ...findings];
  const error = toLintError(findings);
  if (error !== undefined) throw error;
}
