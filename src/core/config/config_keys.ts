import { type SettingRow, SETTINGS } from "./settings.ts";

/** A key of `lockstep.toml`. */
export interface ConfigKey {
  /** As it is written, such as `lock_timeout`. */
  readonly key: string;
  readonly form: KeyForm;
  /** The setting that it is for; `protected` is for none. */
  readonly row?: SettingRow;
  readonly doc: string;
}

/** What a key holds: a value, the path of a file that has it, or a table. */
export type KeyForm = "value" | "file" | "table" | "protected";

/** Every key that can stand both above the sections and in one. */
export function configKeys(): readonly ConfigKey[] {
  const rows: readonly SettingRow[] = SETTINGS;
  return rows.flatMap(keysOfRow);
}

/** The key of an environment that asks for its name before what is risky. */
export const PROTECTED_KEY: ConfigKey = {
  key: "protected",
  form: "protected",
  doc:
    "Ask for the name of the environment, or --yes-to, before rollback, repair, migrate --force and unlock --terminate.",
};

/** The table whose tables are the environments. */
export const ENVIRONMENTS_KEY = "env";

/** How the file calls a setting, such as `lock_timeout` for `lockTimeout`. */
export function keyOfSetting({ name }: Pick<SettingRow, "name">): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The key for a file that holds what `key` would. */
export function fileKey(key: string): string {
  return `${key}_file`;
}

function keysOfRow(row: SettingRow): readonly ConfigKey[] {
  if (row.inFile === "nowhere") return [];
  const key = keyOfSetting(row);
  const form = row.inFile ?? "value";
  const value: ConfigKey = { key, form, row, doc: row.doc };
  if (row.type !== "secret") return [value];
  return [value, {
    key: fileKey(key),
    form: "file",
    row,
    doc: `A file that holds what ${key} would.`,
  }];
}
