import { compareNumbered, historyRows } from "./foreign_text.ts";
import type { ForeignInput, ForeignReading, ForeignTool } from "./foreign.ts";
import { joinHistory } from "./join_history.ts";

/** Rails: programs in Ruby, and a table with versions alone. */
export const rails: ForeignTool = {
  name: "rails",
  title: "Rails",
  folders: ["db/migrate"],
  looksAt: (path) => path.endsWith("/") || FILE.test(path),
  tables: [{
    role: "history",
    name: "schema_migrations",
    columns: ["version"],
    isExact: true,
  }],
  read,
};

/** `20240101120000_create_users.rb`, with the name of an engine before `.rb`. */
const FILE = /^(?:[^/]+\/)*([0-9]+)_([^/.]*)(?:\.[^/.]+)?\.rb$/;

function read(input: ForeignInput): ForeignReading {
  const files = input.files.map(({ path }) => {
    const [, version = "", name = ""] = FILE.exec(path) ?? [];
    return {
      key: String(BigInt(version)),
      migration: { id: path, version, name, source: path },
    };
  }).sort((a, b) => compareNumbered(a.migration, b.migration));
  const rows = historyRows(input)
    .map(({ version = "" }) => version)
    .filter((version) => /^[0-9]+$/.test(version))
    .map((version) => ({
      key: String(BigInt(version)),
      version,
      id: version,
      name: "rails",
      application: {},
    }));
  return { ...joinHistory(files, rows), left: [] };
}
