/**
 * The tools that migrations can be adopted from, by the word for `--from`, in
 * the order of the help. What names a tool need not load how it is read.
 */
export const TOOL_TITLES: Readonly<Record<string, string>> = {
  dbmate: "dbmate",
  "golang-migrate": "golang-migrate",
  goose: "goose",
  sqlx: "sqlx",
  flyway: "Flyway",
  liquibase: "Liquibase",
  prisma: "Prisma Migrate",
  rails: "Rails",
  "graphile-migrate": "graphile-migrate",
  "node-pg-migrate": "node-pg-migrate",
  sqitch: "Sqitch",
  knex: "knex",
};
