import { UsageError } from "../errors.ts";
import { showName } from "./display.ts";
import { downFileName, upFileName } from "./migration_name.ts";

/** What the two templates of a new migration are filled in with. */
export interface TemplateValues {
  readonly version: string;
  /** The words of the file name; see `slugOf()`. */
  readonly slug: string;
  readonly description: string;
  readonly author: string;
  /** Such as `2025-01-05`. */
  readonly date: string;
  /** The file name of the newest migration. */
  readonly dependency?: string;
}

/**
 * The words of a file name, out of what a user calls a migration: letters
 * without their accents, digits and underscores, at most 100 of them. Throws
 * `UsageError` when none are left.
 */
export function slugOf(name: string): string {
  const words = transliterate(name)
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_|_$/g, "");
  if (words === "") throw badMigrationName(name);
  if (words.length <= MAX_SLUG_LENGTH) return words;
  const cut = words.slice(0, MAX_SLUG_LENGTH + 1);
  const lastBreak = cut.lastIndexOf("_");
  return cut.slice(0, lastBreak > 0 ? lastBreak : MAX_SLUG_LENGTH);
}

/** The text of a new migration file, which runs as it is. */
export function renderUpTemplate(values: TemplateValues): string {
  const table = exampleTable(values);
  const { version } = values;
  return `\
-- Migration: ${upFileName(fileOf(values))}
-- Description: ${oneLine(values.description)}
-- Author: ${oneLine(values.author)}
-- Created: ${values.date}
-- Dependencies: ${values.dependency ?? "None"}
-- Estimated execution time: X-Y seconds

-- Migration metadata
-- Version: ${version}
-- Type: schema_change
-- Rollback: ${downFileName(fileOf(values))}

BEGIN;

-- ==================================================
-- YOUR MIGRATION CODE HERE
-- ==================================================

-- Add your tables, indexes, data changes, etc.
CREATE TABLE ${table} (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    name VARCHAR(255) NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW()
);

-- ==================================================
-- MIGRATION VALIDATION
-- ==================================================

-- Add validation to ensure migration succeeded
DO $$
BEGIN
    -- Your validation logic here
    IF NOT EXISTS (
        SELECT 1 FROM information_schema.tables
        WHERE table_schema = current_schema()
          AND table_name = '${table}'
    ) THEN
        RAISE EXCEPTION 'Migration validation failed: ${table} not created';
    END IF;

    RAISE NOTICE 'Migration ${version} validation completed successfully';
END $$;

COMMIT;

-- Migration completion log
SELECT 'Migration ${version} completed successfully' AS status;
`;
}

/** The text of its rollback file, which runs as it is. */
export function renderDownTemplate(values: TemplateValues): string {
  const table = exampleTable(values);
  const { version } = values;
  return `\
-- Rollback Migration: ${downFileName(fileOf(values))}
-- Description: Rollback of: ${oneLine(values.description)}
-- Author: ${oneLine(values.author)}
-- Created: ${values.date}
-- Rollback for: ${upFileName(fileOf(values))}

BEGIN;

-- ==================================================
-- YOUR ROLLBACK CODE HERE
-- ==================================================

-- Reverse the changes made in forward migration
DROP TABLE IF EXISTS ${table} CASCADE;

-- ==================================================
-- ROLLBACK VALIDATION
-- ==================================================

DO $$
BEGIN
    -- Validate rollback succeeded
    IF EXISTS (
        SELECT 1 FROM information_schema.tables
        WHERE table_schema = current_schema()
          AND table_name = '${table}'
    ) THEN
        RAISE EXCEPTION 'Rollback validation failed: ${table} still exists';
    END IF;

    RAISE NOTICE 'Rollback ${version} validation completed successfully';
END $$;

COMMIT;

-- Rollback completion log
SELECT 'Rollback ${version} completed successfully' AS status;
`;
}

const MAX_SLUG_LENGTH = 100;
/** PostgreSQL documentation, "Identifiers and Key Words": NAMEDATALEN - 1. */
const MAX_IDENTIFIER_BYTES = 63;

/** Letters that do not come apart into a letter and its accent. */
const SINGLE_LETTERS: Readonly<Record<string, string>> = {
  "ß": "ss",
  "æ": "ae",
  "œ": "oe",
  "ø": "o",
  "đ": "d",
  "ð": "d",
  "ł": "l",
  "ı": "i",
  "þ": "th",
};

function transliterate(text: string): string {
  return text
    .toLowerCase()
    .replace(/[ßæœøđðłıþ]/g, (letter) => SINGLE_LETTERS[letter] ?? "")
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase();
}

function badMigrationName(name: string): UsageError {
  return new UsageError(
    "bad_migration_name",
    `Cannot create a migration as its name "${
      showName(name)
    }" has no letter from A to Z and no digit`,
    { hint: `say what it does, such as "add user authentication"` },
  );
}

function fileOf({ version, slug }: TemplateValues) {
  return { version, name: slug };
}

/** A name for every migration, so that several unedited ones can be run. */
function exampleTable({ version, slug }: TemplateValues): string {
  return `example_${version}_${slug}`
    .slice(0, MAX_IDENTIFIER_BYTES)
    .replace(/_$/, "");
}

/** What is pasted in must not end the comment that it stands in. */
function oneLine(text: string): string {
  return showName(text.replace(/\s+/g, " ").trim());
}
