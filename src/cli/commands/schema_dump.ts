import { UsageError } from "../../errors.ts";
import { type Command, flagText } from "./command.ts";

/** Writes the schema of a database as SQL. */
export const schemaDump: Command = {
  name: "schema dump",
  summary: "Write the schema as SQL, for a file under version control",
  help:
    `Reads the catalogs of the database in one round trip and prints the statements that make all its objects, each in a block of its own behind those that it needs: schemas, extensions, types, functions, operators, tables, views, indexes, constraints, triggers, policies, publications, foreign servers and the rest, with owners, privileges and comments. It needs no pg_dump, and has no rows of tables.

The order and the form of the statements depend on the schema alone, so that two dumps can be compared line by line. Loaded into an empty database of the same major version, whose cluster has the roles, it makes the same schema.

What it leaves out: the tracking tables, what belongs to an extension, and what may be secret, which are options of user mappings and how subscriptions connect. For each object that is not written in full there is a warning, and a comment in the script.

It changes nothing and takes no lock.`,
  arguments: [],
  flags: [{
    name: "output-file",
    placeholder: "path",
    summary: "Write it to this file, in place of what is there",
  }],
  examples: [
    {
      command: "lockstep schema dump --output-file schema.sql",
      summary: "Keep the schema beside the migrations, to see it in reviews",
    },
    { command: "lockstep schema dump", summary: "See it" },
  ],
  exits: ["findings", "connection"],
  async run(context) {
    const path = flagText(context.flags, "output-file");
    if (path === "") throw noPath();
    const manager = await context.manager();
    return await manager.dumpSchema(path);
  },
};

function noPath(): UsageError {
  return new UsageError(
    "invalid_argument",
    "Cannot write the schema to a file without a name",
    { hint: "name one, such as --output-file schema.sql" },
  );
}
