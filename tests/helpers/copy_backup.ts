import { deepEqual } from "node:assert/strict";
import { join } from "node:path";
import { type BackupProject, withBackups } from "./backup.ts";
import { catalogSnapshot } from "./catalog_snapshot.ts";
import type { TestDatabase } from "./database.ts";
import { contents } from "./dump.ts";
import type { ProjectFiles } from "./project.ts";

/** Without pg_dump on PATH. */
export const COPY = { LOCKSTEP_BACKUP_METHOD: "copy", PATH: "" };

/** Something of all that hangs on a table. */
const SHOP = `
  CREATE EXTENSION citext;
  CREATE SCHEMA shop;
  CREATE TYPE shop.state AS ENUM ('new', 'paid');
  CREATE FUNCTION shop.touch() RETURNS trigger LANGUAGE plpgsql
    AS 'BEGIN NEW.total := NEW.total + 1; RETURN NEW; END';
  CREATE TABLE shop.customers (id serial PRIMARY KEY, mail citext UNIQUE);
  CREATE TABLE shop.orders (
    id bigint GENERATED ALWAYS AS IDENTITY (START 100) PRIMARY KEY,
    customer int NOT NULL REFERENCES shop.customers ON DELETE CASCADE,
    state shop.state NOT NULL DEFAULT 'new', total numeric CHECK (total > 0),
    twice numeric GENERATED ALWAYS AS (total * 2) STORED,
    counted serial
  );
  CREATE INDEX late ON shop.orders (customer) WHERE state = 'new';
  CREATE STATISTICS shop.both ON customer, state FROM shop.orders;
  CREATE TABLE shop.lines (
    number int, part_of bigint REFERENCES shop.orders, PRIMARY KEY (number)
  );
  CREATE TABLE shop.special_orders (extra text) INHERITS (shop.orders);
  CREATE VIEW shop.open AS SELECT * FROM shop.orders WHERE state = 'new';
  CREATE VIEW shop.open_count AS SELECT count(*) FROM shop.open;
  CREATE MATERIALIZED VIEW shop.sums AS SELECT sum(total) FROM shop.orders;
  CREATE UNIQUE INDEX ON shop.sums (sum);
  CREATE TRIGGER touched BEFORE UPDATE ON shop.orders
    FOR EACH ROW EXECUTE FUNCTION shop.touch();
  ALTER TABLE shop.orders ENABLE ROW LEVEL SECURITY;
  CREATE POLICY mine ON shop.orders USING (customer = 1);
  CREATE RULE quiet AS ON INSERT TO shop.lines WHERE new.number < 0
    DO INSTEAD NOTHING;
  CREATE PUBLICATION news FOR TABLE shop.orders, shop.lines;
  GRANT SELECT ON shop.orders TO PUBLIC;
  GRANT UPDATE (total) ON shop.orders TO PUBLIC;
  GRANT USAGE ON SEQUENCE shop.orders_counted_seq TO PUBLIC;
  COMMENT ON TABLE shop.orders IS 'what was ordered';
  COMMENT ON COLUMN shop.orders.total IS 'in euro';
  COMMENT ON INDEX shop.late IS 'not yet paid';
  INSERT INTO shop.customers (mail) VALUES ('ann@example.com'), (NULL);
  INSERT INTO shop.orders (customer, total) VALUES (1, 9.5), (1, 3), (2, 7);
  INSERT INTO shop.special_orders (id, customer, total, extra) VALUES (7, 2, 1, 'x');
  INSERT INTO shop.lines VALUES (1, 100), (2, NULL);
  REFRESH MATERIALIZED VIEW shop.sums;
`;

/** A project that makes that, and takes it back. */
export const SHOP_FILES: ProjectFiles = {
  "001_shop.sql": SHOP,
  "rollbacks/001_shop_down.sql":
    "DROP SCHEMA shop CASCADE;\nDROP EXTENSION citext;\n",
};

/** A project whose backups need no pg_dump. */
export interface CopyProject extends BackupProject {
  /** The schema and all rows and sequences, but for the tracking tables. */
  look(): Promise<readonly string[]>;
  readonly folder: string;
}

/** A test with such a project. */
export function testCopy(
  name: string,
  files: ProjectFiles,
  test: (project: CopyProject) => Promise<void>,
): void {
  Deno.test(name, () =>
    withBackups(files, async (project) => {
      const { db } = project;
      await test({
        ...project,
        folder: join(project.dir, "backups"),
        run: (args, env) => project.run(args, { ...COPY, ...env }),
        start: (args, env) => project.start(args, { ...COPY, ...env }),
        json: (args, env) => project.json(args, { ...COPY, ...env }),
        done: (args, env) => project.done(args, { ...COPY, ...env }),
        look: () => lookAt(db),
      });
    }));
}

/**
 * The schema and all rows and sequences, but for the tracking tables, and for
 * the names of NOT NULL constraints that PostgreSQL 18 has.
 */
export async function lookAt(db: TestDatabase): Promise<readonly string[]> {
  const rows = await contents(db);
  return [
    ...(await catalogSnapshot(db)).split("\n")
      .filter((line) => !/^constraint .*: NOT NULL /.test(line))
      .filter((line) => !SNAPSHOTS.test(line.split(":")[0] ?? ""))
      .map((line) => line.replace(/ public\.schema_migrations_snapshots/, "")),
    ...rows.filter((line) => !line.startsWith("schema_migrations")),
  ];
}

/** A restore makes the table if no run has. */
const SNAPSHOTS = /schema_migrations_snapshots/;

/** Only where they differ, which is readable when they do. */
export async function requireSame(
  one: Promise<readonly string[]> | readonly string[],
  other: Promise<readonly string[]> | readonly string[],
): Promise<void> {
  const [now, before] = [await one, await other];
  const [seen, wanted] = [new Set(now), new Set(before)];
  deepEqual(
    now.filter((line) => !wanted.has(line)),
    before.filter((line) => !seen.has(line)),
  );
  deepEqual(now, before);
}
