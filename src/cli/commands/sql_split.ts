import { createListing } from "../../report/split_text.ts";
import type { Command, CommandContext } from "./command.ts";

/** Lists the statements of a file. */
export const sqlSplit: Command = {
  name: "sql split",
  summary: "List the statements of a SQL file",
  help:
    `Cuts any SQL file into its statements, as psql and "migrate" do, and lists each with the line and the bytes where it starts and ends. With --json it prints nothing but a list, [{"sql": ..., "start": ..., "end": ...}], with offsets in bytes from 0 and "end" behind the last byte. White space and comments around a statement and its final semicolon do not belong to it; empty statements, the data of COPY and commands of psql are left out.

Variables that are declared are replaced; all others stay as they are. It connects to nothing and changes nothing, and memory does not grow with the file. The file is read twice, so that an error is found before anything is printed; standard input is kept in memory for that.`,
  arguments: [{
    name: "file",
    summary: 'The file, anywhere; "-" is standard input',
    amount: "one",
  }],
  flags: [],
  examples: [
    {
      command: "lockstep sql split migrations/001_initial_schema.sql",
      summary: "See where each statement starts and ends",
    },
    {
      command: "lockstep sql split dump.sql --json",
      summary: "The same for a program",
    },
  ],
  formats: ["human", "json"],
  exits: ["findings"],
  async run(context) {
    const [path = ""] = context.arguments;
    const manager = await context.manager();
    const listing = createListing(context.format);
    const report = await manager.splitScript(
      await openSource(path, context),
      (statements) => context.print(listing.add(statements)),
    );
    if (report.success) await context.print(listing.end());
    return report;
  },
};

async function openSource(path: string, context: CommandContext) {
  if (path !== "-") return { path };
  const chunks: Uint8Array[] = [];
  for await (const chunk of context.readStdin()) chunks.push(chunk);
  return {
    path,
    async *open() {
      yield* chunks;
    },
  };
}
