import { FileError } from "../../errors.ts";
import type { SourceLocation } from "../../errors.ts";
import type { Finding } from "../finding.ts";
import type { NewerSetting } from "../sql/newer_setting.ts";
import type { Statement } from "../sql/statement.ts";
import { showName } from "../display.ts";
import { writtenText } from "../sql/written_text.ts";

/** The place of a statement, with its first line. */
export function locationOf(
  path: string,
  statement: Statement,
): SourceLocation {
  const { line, column } = statement;
  const text = writtenText(statement);
  const firstLine = (text.split("\n", 1)[0] ?? "").trimEnd();
  return { path, line, column, excerpt: " ".repeat(column - 1) + firstLine };
}

/** ROLLBACK of a transaction that the tool's own record is part of. */
export function refuseRollback(location: SourceLocation): FileError {
  return new FileError(
    "transaction_control",
    `${
      cannotUse(location)
    } as the ROLLBACK on line ${location.line} would undo the record of the migration`,
    {
      hint:
        "remove the transaction that is rolled back, or roll back to a savepoint",
      location,
    },
  );
}

/** PREPARE TRANSACTION would take the tool's own transaction away. */
export function refusePrepare(location: SourceLocation): FileError {
  return new FileError(
    "transaction_control",
    `${
      cannotUse(location)
    } as the PREPARE TRANSACTION on line ${location.line} would leave the migration neither applied nor undone`,
    { hint: "end the transaction with COMMIT", location },
  );
}

/** COMMIT AND CHAIN outside a transaction, which the server refuses too. */
export function refuseChain(location: SourceLocation): FileError {
  return new FileError(
    "transaction_control",
    `${
      cannotUse(location)
    } as there is no BEGIN before the COMMIT AND CHAIN on line ${location.line}`,
    { hint: "write BEGIN before the first statement", location },
  );
}

/** A savepoint that does not exist, or not in this transaction. */
export function refuseUnknownSavepoint(
  name: string,
  location: SourceLocation,
): FileError {
  return new FileError(
    "transaction_control",
    `${
      cannotUse(location)
    } as there is no savepoint "${name}" in the transaction on line ${location.line}`,
    { hint: "set the savepoint in the same transaction", location },
  );
}

/** A savepoint outside any transaction of the file, with transaction=off. */
export function refuseLoneSavepoint(location: SourceLocation): FileError {
  return new FileError(
    "transaction_control",
    `${
      cannotUse(location)
    } as there is no BEGIN before the SAVEPOINT on line ${location.line}`,
    {
      hint: "write BEGIN before it: the header says transaction=off",
      location,
    },
  );
}

/** A savepoint that is open where the transaction has to end. */
export function refuseSplitSavepoint(
  savepointLine: number,
  location: SourceLocation,
): FileError {
  return new FileError(
    "transaction_control",
    `${
      cannotUse(location)
    } as line ${location.line} needs a new transaction while the savepoint of line ${savepointLine} is open`,
    { hint: "release the savepoint before this statement", location },
  );
}

/** A transaction that psql would undo at the end of the file. */
export function refuseUnclosed(location: SourceLocation): FileError {
  return new FileError(
    "unclosed_transaction",
    `${
      cannotUse(location)
    } as the transaction begun on line ${location.line} is not committed`,
    { hint: "write COMMIT after its last statement", location },
  );
}

/** Modes in which the tool could not write its record. */
export function refuseReadOnly(location: SourceLocation): FileError {
  return new FileError(
    "impossible_statement",
    `${
      cannotUse(location)
    } as the transaction of line ${location.line} is READ ONLY`,
    {
      hint:
        "remove READ ONLY: the migration is recorded in the same transaction",
      location,
    },
  );
}

/** A snapshot has to be set before the tool writes its record. */
export function refuseSnapshot(location: SourceLocation): FileError {
  return new FileError(
    "impossible_statement",
    `${
      cannotUse(location)
    } as SET TRANSACTION SNAPSHOT on line ${location.line} must come before the record of the migration`,
    { hint: "remove the statement", location },
  );
}

/** The server copies only a database that nobody is connected to. */
export function refuseTemplate(
  database: string,
  location: SourceLocation,
): FileError {
  return new FileError(
    "impossible_statement",
    `${
      cannotUse(location)
    } as line ${location.line} copies "${database}", which the run is connected to`,
    {
      hint: "name another TEMPLATE, or create the database by hand",
      location,
    },
  );
}

/** Binary data cannot stand in a file of text. */
export function refuseBinaryCopy(location: SourceLocation): FileError {
  return new FileError(
    "impossible_statement",
    `${
      cannotUse(location)
    } as the COPY on line ${location.line} reads binary data, which a file of text cannot hold`,
    { hint: "write the data in the text or the CSV format", location },
  );
}

/** What is said of a transaction of the file that cannot be one. */
export function noteSplitTransaction(
  begin: SourceLocation,
  { reason, location }: {
    readonly reason: string;
    readonly location: SourceLocation;
  },
): Finding {
  return {
    severity: "warning",
    code: "transaction_split",
    message: `The transaction begun on line ${begin.line} is not atomic: ` +
      `it is split as ${reason}`,
    hint: "after a failure what ran before stays, and the next run goes on " +
      "there; put such statements into a migration of their own",
    location,
  };
}

/** What is said of a SET that the server is too old for. */
export function noteSkippedSetting(
  { name, since }: NewerSetting,
  serverVersion: number,
  location: SourceLocation,
): Finding {
  const major = Math.floor(serverVersion / 10_000);
  return {
    severity: "warning",
    code: "setting_skipped",
    message: `Line ${location.line} is left out: it sets "${name}", which ` +
      `PostgreSQL has from ${since} on, and the server is of version ${major}`,
    location,
  };
}

function cannotUse({ path }: SourceLocation): string {
  return `Cannot use "${showName(path)}"`;
}
