import type {
  Classification,
  TransactionControl,
  TransactionModes,
} from "./classification.ts";
import { firstTokenIndex, firstTokens } from "./tokens.ts";
import type { Token } from "./tokens.ts";

/** What is known of a statement that controls transactions. */
export type ControlFacts = Pick<
  Classification,
  "control" | "modes" | "savepoint"
>;

/**
 * What the statement does to transactions; undefined when it is no such
 * statement, or not a whole one: `BEGIN RAISE …` is left to the server.
 */
export function readTransactionControl(
  text: string,
): ControlFacts | undefined {
  const start = firstTokenIndex(text);
  if (!CONTROL_START.test(text.slice(start, start + 20))) return undefined;
  const tokens = firstTokens(text, MAX_TOKENS + 1);
  if (tokens.length > MAX_TOKENS) return undefined;
  const form = tokens.map((token) => token.word ?? token.text).join(" ");
  return readModes(form) ?? readSetting(tokens) ?? readEnd(form) ??
    readSavepoint(tokens);
}

/** The longest is `SET SESSION TRANSACTION` with three modes and commas. */
const MAX_TOKENS = 24;
const CONTROL_START =
  /^(?:abort|begin|commit|end|prepare|release|rollback|savepoint|set|start)\b/i;

const MODE =
  "(?:isolation level (?:serializable|repeatable read|read committed|read uncommitted)|read only|read write|not deferrable|deferrable)";
const MODES = `(${MODE}(?:(?: ,)? ${MODE})*)`;
const BEGIN = new RegExp(
  `^(?:begin(?: work| transaction)?|start transaction)(?: ${MODES})?$`,
);
const SET = new RegExp(`^set (?:session |local )?transaction ${MODES}$`);
const SET_SNAPSHOT = /^set (?:session |local )?transaction snapshot '/;
const PREPARE = /^prepare transaction (?:[eEnN]|[uU]&)?['$]/;
const END =
  /^(commit|end|rollback|abort)(?: work| transaction)?( and chain| and no chain)?$/;

function readModes(form: string): ControlFacts | undefined {
  const begin = BEGIN.exec(form);
  if (begin !== null) {
    return { control: "begin", modes: parseModes(begin[1] ?? "") };
  }
  const set = SET.exec(form);
  if (set !== null) {
    return { control: "set_transaction", modes: parseModes(set[1] ?? "") };
  }
  if (SET_SNAPSHOT.test(form)) {
    return { control: "set_transaction", modes: { snapshot: true } };
  }
  return undefined;
}

function parseModes(text: string): TransactionModes {
  const isolation = [...text.matchAll(
    /isolation level (serializable|repeatable read|read \w+)/g,
  )].at(-1);
  const access = [
    ...text.replaceAll(/isolation level \w+(?: \w+)?/g, "")
      .matchAll(/read (only|write)/g),
  ].at(-1);
  const deferrable = [...text.matchAll(/(?:not )?deferrable/g)].at(-1);
  return {
    ...(isolation === undefined
      ? {}
      : { isolation: (isolation[1] ?? "").toUpperCase() }),
    ...(access === undefined ? {} : readAccess(access[1] === "only")),
    ...(deferrable === undefined
      ? {}
      : readDeferrable(!deferrable[0].startsWith("not"))),
  };
}

function readAccess(isReadOnly: boolean): TransactionModes {
  return { access: isReadOnly ? "READ ONLY" : "READ WRITE" };
}

function readDeferrable(isDeferrable: boolean): TransactionModes {
  return { deferrable: isDeferrable ? "DEFERRABLE" : "NOT DEFERRABLE" };
}

/** `SET transaction_isolation = …` is SET TRANSACTION in other words. */
function readSetting(tokens: readonly Token[]): ControlFacts | undefined {
  const [first, second] = tokens;
  if (first?.word !== "set") return undefined;
  const hasScope = second?.word === "session" || second?.word === "local";
  const [name, equals, value, more] = tokens.slice(hasScope ? 2 : 1);
  if (more !== undefined || value === undefined) return undefined;
  if (equals?.text !== "=" && equals?.word !== "to") return undefined;
  const setting = (value.value ?? value.word ?? value.text).toLowerCase();
  if (setting === "default") return undefined;
  const isOn = /^(?:on|t|tr|tru|true|y|ye|yes|1)$/.test(setting);
  switch (name?.word) {
    case "transaction_isolation":
      return {
        control: "set_transaction",
        modes: { isolation: setting.toUpperCase() },
      };
    case "transaction_read_only":
      return { control: "set_transaction", modes: readAccess(isOn) };
    case "transaction_deferrable":
      return { control: "set_transaction", modes: readDeferrable(isOn) };
    default:
      return undefined;
  }
}

function readEnd(form: string): ControlFacts | undefined {
  if (PREPARE.test(form)) return { control: "prepare_transaction" };
  const end = END.exec(form);
  if (end === null) return undefined;
  const isCommit = end[1] === "commit" || end[1] === "end";
  const isChained = end[2] === " and chain";
  const control: TransactionControl = isCommit ? "commit" : "rollback";
  return { control: isChained ? `${control}_and_chain` : control };
}

function readSavepoint(tokens: readonly Token[]): ControlFacts | undefined {
  const words = tokens.slice(0, -1).map((token) => token.text.toLowerCase());
  const savepoint = tokens.at(-1)?.name;
  if (savepoint === undefined) return undefined;
  switch (words.join(" ")) {
    case "savepoint":
      return { control: "savepoint", savepoint };
    case "release":
    case "release savepoint":
      return { control: "release", savepoint };
    case "rollback to":
    case "rollback to savepoint":
    case "rollback work to":
    case "rollback work to savepoint":
    case "rollback transaction to":
    case "rollback transaction to savepoint":
      return { control: "rollback_to", savepoint };
    default:
      return undefined;
  }
}
