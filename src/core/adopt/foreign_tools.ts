import { dbmate } from "./dbmate.ts";
import { flyway } from "./flyway.ts";
import type { ForeignTool } from "./foreign.ts";
import { golangMigrate } from "./golang_migrate.ts";
import { goose } from "./goose.ts";
import { graphileMigrate } from "./graphile_migrate.ts";
import { knex } from "./knex.ts";
import { liquibase } from "./liquibase.ts";
import { nodePgMigrate } from "./node_pg_migrate.ts";
import { prisma } from "./prisma.ts";
import { rails } from "./rails.ts";
import { sqitch } from "./sqitch.ts";
import { sqlx } from "./sqlx.ts";

/** Every tool that migrations can be adopted from, in the order of the help. */
export const FOREIGN_TOOLS: readonly ForeignTool[] = [
  dbmate,
  golangMigrate,
  goose,
  sqlx,
  flyway,
  liquibase,
  prisma,
  rails,
  graphileMigrate,
  nodePgMigrate,
  sqitch,
  knex,
];

/** The tool of that name, as `--from` gives it. */
export function foreignToolNamed(name: string): ForeignTool | undefined {
  return FOREIGN_TOOLS.find((tool) => tool.name === name);
}
