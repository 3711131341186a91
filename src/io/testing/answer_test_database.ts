import type {
  TestDatabaseReport,
  TestDatabaseWish,
} from "../../core/testing/test_database_report.ts";
import type { LockstepError } from "../../errors.ts";
import type { Connection } from "../postgres/connection.ts";
import { PostgresError, requireKnown } from "../postgres/postgres_error.ts";
import type { Target } from "../postgres/target.ts";
import {
  dropTestDatabase,
  dropUnused,
  listTestDatabases,
} from "./drop_test_databases.ts";
import {
  makeTestDatabase,
  type TestDatabaseWork,
  testFolder,
} from "./make_test_database.ts";
import { testDatabaseRefusal } from "./test_database_refusal.ts";

/** What test databases are made from, and on which server. */
export interface TestServerWork extends TestDatabaseWork {
  readonly server: Target;
  /** The error with stars in place of secrets. */
  readonly mask: (error: LockstepError) => LockstepError;
}

/** Makes, lists or drops databases for tests. */
export async function answerTestDatabase(
  work: TestServerWork,
  wish: TestDatabaseWish,
): Promise<TestDatabaseReport> {
  const { action } = wish;
  const report = { kind: "test_database", action, warnings: [] } as const;
  try {
    await using connection = await work.server.connect();
    return {
      ...report,
      success: true,
      ...await perform(connection, work, wish),
    };
  } catch (failure) {
    const error = failure instanceof PostgresError
      ? testDatabaseRefusal(failure)
      : requireKnown(failure);
    return { ...report, success: false, error: work.mask(error) };
  }
}

type Found = Pick<TestDatabaseReport, "name" | "url" | "databases" | "dropped">;

async function perform(
  server: Connection,
  work: TestServerWork,
  wish: TestDatabaseWish,
): Promise<Found> {
  switch (wish.action) {
    case "create":
      return await makeTestDatabase(server, work);
    case "list":
      return { databases: await listTestDatabases(server) };
    case "drop":
      return wish.database === undefined
        ? { dropped: await dropUnused(server, testFolder(work.settings)) }
        : { dropped: [await dropTestDatabase(server, wish.database)] };
    default:
      return wish satisfies never;
  }
}
