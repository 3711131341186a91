/** A migration that any tool can be given in its own form. */
export interface PlainMigration {
  readonly number: number;
  readonly name: string;
  readonly up: string;
  readonly down: string;
}

/** Migrations as teams write them: a table, an index, a comment, a function. */
export function smallMigrations(count: number): readonly PlainMigration[] {
  return numbers(count).map((number) => {
    const table = `t${number}`;
    const hasFunction = number % 10 === 0;
    return {
      number,
      name: `table_${number}`,
      up: `CREATE TABLE ${table} (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL,
  amount numeric(12, 2) NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ${table}_name ON ${table} (name);
COMMENT ON TABLE ${table} IS 'Table number ${number}; it''s small';
${hasFunction ? functionOf(table) : ""}`,
      down: `${hasFunction ? `DROP FUNCTION count_${table}();\n` : ""}` +
        `DROP TABLE ${table};\n`,
    };
  });
}

/** Migrations that cost the server nearly nothing, of about the same size. */
export function lightMigrations(count: number): readonly PlainMigration[] {
  return numbers(count).map((number) => ({
    number,
    name: `light_${number}`,
    up: `SELECT ${number};\n${"-- what the migration is about\n".repeat(12)}`,
    down: `SELECT ${number};\n`,
  }));
}

function numbers(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

function functionOf(table: string): string {
  return `CREATE FUNCTION count_${table}() RETURNS bigint LANGUAGE sql AS $$
  SELECT count(*) FROM ${table};
$$;
`;
}
