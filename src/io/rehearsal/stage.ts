import type { SchemaState } from "../../core/schema/compare_schemas.ts";
import type { SchemaGraph } from "../../core/schema/order_objects.ts";
import type { Direction, Plan, Step } from "../../core/plan/plan.ts";
import { planMigrate } from "../../core/plan/plan_migrate.ts";
import { planRollback } from "../../core/plan/plan_rollback.ts";
import type { RunReport } from "../../core/report.ts";
import { ExecutionError } from "../../errors.ts";
import { operate, type Operation } from "../operation.ts";
import type { Connection } from "../postgres/connection.ts";
import { rowsOf } from "../postgres/history_store.ts";
import { PostgresError } from "../postgres/postgres_error.ts";
import type { Target } from "../postgres/target.ts";
import { readSchema, readSchemaGraph } from "../schema/read_schema.ts";
import { dropDatabase } from "../testing/template_database.ts";
import type { Basis } from "./read_basis.ts";
import { copySettings } from "./copy_settings.ts";
import { createThrowaway } from "./throwaway_database.ts";

/** A database with the connections to it, which are used again. */
export interface OpenDatabase {
  readonly target: Target;
  close(): Promise<void>;
}

/** Where a rehearsal takes place. */
export interface StagePlace {
  /** To another database of the server. */
  readonly server: Connection;
  /** To the database whose settings it gets; the same when it is left out. */
  readonly like?: Connection;
  readonly name: string;
  /** To the throwaway database, once it is there. */
  readonly connect: () => OpenDatabase;
  readonly basis: Basis;
}

/** The throwaway database, in which steps run and the schema is read. */
export class Stage implements AsyncDisposable {
  readonly #place: StagePlace;
  #built: Built;

  private constructor(place: StagePlace, built: Built) {
    this.#place = place;
    this.#built = built;
  }

  /** Makes the database, with the schema that the first step finds. */
  static async open(place: StagePlace): Promise<Stage> {
    return new Stage(place, await build(place));
  }

  /** Makes it anew, as it was before the first step. */
  async rebuild(): Promise<void> {
    const { server, name } = this.#place;
    await this.#close();
    await dropDatabase(server, name);
    this.#built = await build(this.#place);
  }

  /** The schema as it is. */
  async read(): Promise<SchemaState> {
    const { database, reader } = this.#built;
    const { serverVersion } = reader;
    const { names } = database.target;
    return { objects: await readSchema(reader, names), serverVersion };
  }

  /** The same with what needs what. */
  async readGraph(): Promise<SchemaGraph> {
    const { database, reader } = this.#built;
    return await readSchemaGraph(reader, database.target.names);
  }

  /** The role that owns what is made here, quoted where SQL needs it. */
  async readRole(): Promise<string> {
    const answers = await this.#built.reader.run(
      "SELECT pg_catalog.quote_ident(current_user) AS role",
    );
    return rowsOf(answers)[0]?.role ?? "";
  }

  /** Runs what `use` gives it in one transaction. */
  async inTransaction(
    use: (run: (sql: string) => Promise<unknown>) => Promise<void>,
  ): Promise<void> {
    const { reader } = this.#built;
    await reader.run("BEGIN");
    await use((sql) => reader.run(sql));
    await reader.run("COMMIT");
  }

  /** Runs steps one way. */
  async run(direction: Direction, steps: readonly Step[]): Promise<RunReport> {
    const { files, applied } = this.#place.basis;
    const report = await operate(this.#built.database.target, {
      direction,
      isDryRun: false,
      given: { files, applied },
      plan: direction === "migrate"
        ? planOnly(steps)
        : (migrations, history) =>
          planRollback(migrations, history, {
            target: {
              kind: "only",
              versions: steps.map(({ version }) => version),
            },
            integrity: "require",
          }),
    });
    if (report.kind === "plan") throw new Error("This is no dry run");
    return report;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
  }

  async #close(): Promise<void> {
    const { database, reader } = this.#built;
    await reader.close();
    await database.close();
  }
}

interface Built {
  readonly database: OpenDatabase;
  readonly reader: Connection;
}

async function build(
  { server, like = server, name, connect, basis }: StagePlace,
): Promise<Built> {
  await createThrowaway(server, name);
  await copySettings(like, server, name);
  const database = connect();
  try {
    if (basis.blocks.length > 0) {
      await using loader = await database.target.connect();
      await load(loader, basis.blocks);
    }
    return { database, reader: await database.target.connect() };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** In several messages, so that one transaction does not lock all there is. */
async function load(
  loader: Connection,
  blocks: readonly string[],
): Promise<void> {
  try {
    for (let first = 0; first < blocks.length; first += BLOCKS_AT_ONCE) {
      const part = blocks.slice(first, first + BLOCKS_AT_ONCE);
      await loader.run(part.join("\n"));
    }
  } catch (error) {
    throw error instanceof PostgresError ? notCopied(error) : error;
  }
}

const BLOCKS_AT_ONCE = 100;

function notCopied({ fields }: PostgresError): ExecutionError {
  return new ExecutionError(
    "statement_failed",
    `Cannot copy the live schema as the server refused: ${fields.message}`,
    {
      remains: "nothing",
      hint: 'see what "lockstep schema dump" writes; extensions and owners ' +
        "take a superuser",
      server: fields,
    },
  );
}

function planOnly(steps: readonly Step[]): Operation["plan"] {
  const versions = steps.map(({ version }) => version);
  return (migrations, history): Plan => {
    const plan = planMigrate(migrations, history, {
      integrity: "require",
      order: "any",
    });
    return {
      ...plan,
      steps: plan.steps.filter(({ version }) => versions.includes(version)),
    };
  };
}
