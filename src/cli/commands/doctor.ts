import { exitOf, type Report } from "../../core/report.ts";
import type { ExitName } from "../../errors.ts";
import type { Command } from "./command.ts";

/** Looks for what could keep migrations from their work. */
export const doctor: Command = {
  name: "doctor",
  summary: "Look for what could get in the way of migrations",
  help:
    `Looks at all that a migration depends on, and says for each what it saw and what to do: the connection (TLS, time to log in, round trip), the server's version and whether it can be written to, the rights of the role, a connection pooler in between and its mode, --direct-url, the clocks, settings of the server, the database or the role that hurt, the migration files, the tracking table, its log with the chain of hashes, versions that failed, stopped part-way or were changed, who holds the lock, transactions that have been open for long, prepared transactions, INVALID indexes, partitions half-way detached, replication slots that keep the write-ahead log, and pg_dump.

Each check is ok, a warning, a problem (something that keeps "migrate" from its work) or skipped. With a problem it exits with 3, with warnings alone with 0. Where the server cannot be reached, the checks that need none are still made.

It changes nothing, takes no lock, and gives up on a check after 10 seconds. Behind a pooler it opens a second connection for a moment, to find the mode.`,
  arguments: [],
  flags: [],
  examples: [
    { command: "lockstep doctor", summary: "Look before a deployment" },
    { command: "lockstep doctor --json", summary: "The same for a program" },
  ],
  exits: ["findings", "connection"],
  async run(context) {
    const manager = await context.manager();
    return await manager.examine();
  },
  chooseExit,
};

function chooseExit(report: Report): ExitName {
  const exit = exitOf(report);
  return exit === "success" && !report.success ? "findings" : exit;
}
