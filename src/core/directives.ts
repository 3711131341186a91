import { showName } from "./display.ts";
import { findNearest } from "./suggestion.ts";

/** What the `-- lockstep: key=value` lines of a header ask for. */
export interface MigrationDirectives {
  /** Run every statement by itself, outside any transaction of the tool. */
  readonly transaction?: "off";
  /** How long a statement may wait for a lock; 0 waits without end. */
  readonly lockTimeoutMs?: number;
  /** How long a statement may run; 0 lets it run without end. */
  readonly statementTimeoutMs?: number;
  /** There is no way back; `rollback` refuses it by name. */
  readonly irreversible?: true;
}

/** What is wrong with a directive, for the line it stands on. */
export interface DirectiveFault {
  /** Ends the sentence "Cannot use … as". */
  readonly state: string;
  readonly hint: string;
}

/** What one line of directives says. */
export interface DirectiveLine {
  readonly directives: MigrationDirectives;
  readonly faults: readonly DirectiveFault[];
}

/** Reads what follows `-- lockstep:`, such as `transaction=off`. */
export function parseDirectives(
  text: string,
  earlier: MigrationDirectives,
): DirectiveLine {
  let directives = earlier;
  const faults: DirectiveFault[] = [];
  for (const item of text.split(",")) {
    const read = parseDirective(item.trim());
    if ("state" in read) faults.push(read);
    else if (read.field in directives) faults.push(givenTwice(item.trim()));
    else directives = { ...directives, [read.field]: read.value };
  }
  return { directives, faults };
}

/** The directives kept with a down script; what they cannot be is left out. */
export function readKeptDirectives(
  json: string | undefined,
): MigrationDirectives {
  const kept: unknown = JSON.parse(json ?? "{}");
  if (typeof kept !== "object" || kept === null) return {};
  const fields: Readonly<Record<string, unknown>> = { ...kept };
  const { lockTimeoutMs, statementTimeoutMs } = fields;
  return {
    ...(fields.transaction === "off" && { transaction: "off" }),
    ...(isDurationMs(lockTimeoutMs) && { lockTimeoutMs }),
    ...(isDurationMs(statementTimeoutMs) && { statementTimeoutMs }),
    ...(fields.irreversible === true && { irreversible: true }),
  };
}

function isDurationMs(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0 &&
    Number(value) <= MAX_DURATION_MS;
}

interface ReadDirective {
  readonly field: keyof MigrationDirectives;
  readonly value: string | number | true;
}

interface DirectiveKind {
  readonly field: keyof MigrationDirectives;
  readonly expected: string;
  readonly read: (value: string) => string | number | true | undefined;
}

const DURATION = `a time such as "500ms", "5s" or "2min"`;

const DIRECTIVES: Readonly<Record<string, DirectiveKind>> = {
  transaction: {
    field: "transaction",
    expected: `"off"`,
    read: (value) => value.toLowerCase() === "off" ? "off" : undefined,
  },
  lock_timeout: {
    field: "lockTimeoutMs",
    expected: DURATION,
    read: readDurationMs,
  },
  statement_timeout: {
    field: "statementTimeoutMs",
    expected: DURATION,
    read: readDurationMs,
  },
  irreversible: {
    field: "irreversible",
    expected: `"true", or no value`,
    read: (value) => /^(?:true|)$/i.test(value) ? true : undefined,
  },
};

/** The names of all directives. */
export const DIRECTIVE_NAMES: readonly string[] = Object.keys(DIRECTIVES);

function parseDirective(item: string): ReadDirective | DirectiveFault {
  const [, key = "", value = ""] = /^([^=]*?)\s*(?:=\s*(.*))?$/s.exec(item) ??
    [];
  const name = key.toLowerCase();
  const kind = Object.hasOwn(DIRECTIVES, name) ? DIRECTIVES[name] : undefined;
  if (kind === undefined) return unknownDirective(key);
  const read = kind.read(value);
  if (read !== undefined) return { field: kind.field, value: read };
  return {
    state: `the directive "${name}" does not take "${showName(value)}"`,
    hint: `give it ${kind.expected}`,
  };
}

function unknownDirective(key: string): DirectiveFault {
  const hint = hintFor(key);
  return {
    state: key === ""
      ? "a directive is missing after the colon or a comma"
      : `there is no directive "${showName(key)}"`,
    hint,
  };
}

/** Other tools say it the other way round, or with a space for the sign. */
function hintFor(key: string): string {
  if (/^(?:no[-_ ]?transaction|transaction\s)/i.test(key)) {
    return 'write "transaction=off"';
  }
  const nearest = findNearest(key.split(/\s/, 1)[0] ?? "", DIRECTIVE_NAMES);
  if (nearest === undefined) {
    return `the directives are ${DIRECTIVE_NAMES.join(", ")}`;
  }
  return /\s/.test(key)
    ? `write "${nearest}=…", with the sign`
    : `did you mean "${nearest}"?`;
}

function givenTwice(item: string): DirectiveFault {
  return {
    state: `the directive "${showName(item)}" is given twice`,
    hint: "keep one of the two",
  };
}

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** The server's own limit for such a setting. */
const MAX_DURATION_MS = 2_147_483_647;

/** As PostgreSQL reads such a setting: a number without a unit is ms. */
function readDurationMs(value: string): number | undefined {
  const match = /^'?([0-9]{1,10})\s*(ms|s|min|h|d)?'?$/.exec(value);
  if (match === null) return undefined;
  const [, digits = "", unit = "ms"] = match;
  const ms = Number(digits) * (UNIT_MS[unit] ?? 1);
  return ms <= MAX_DURATION_MS ? ms : undefined;
}
