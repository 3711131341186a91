import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { ForeignFile, ForeignTool } from "../../core/adopt/foreign.ts";
import { showName } from "../../core/display.ts";
import { ConfigError } from "../../errors.ts";
import { shownPath } from "../migration_folder.ts";

/** The folder of another tool. */
export interface ForeignFolder {
  /** As it is shown. */
  readonly path: string;
  readonly files: readonly ForeignFile[];
}

/**
 * Reads the files of another tool: of the folder that is named, or of the first
 * one that it usually has.
 *
 * @throws {ConfigError} If there is none.
 */
export function readForeignFolder(
  tool: ForeignTool,
  source: string | undefined,
  cwd: string,
): ForeignFolder {
  const dir = source ??
    tool.folders.find((folder) => existsSync(resolve(cwd, folder)));
  if (dir === undefined) throw noFolder(tool);
  const root = resolve(cwd, dir);
  try {
    return { path: shownPath(dir, cwd), files: readBelow(root, "", tool) };
  } catch (error) {
    throw asFolderError(error, dir);
  }
}

function readBelow(
  root: string,
  below: string,
  tool: ForeignTool,
): readonly ForeignFile[] {
  const entries = readdirSync(join(root, below), { withFileTypes: true });
  return entries
    .sort((a, b) => a.name < b.name ? -1 : 1)
    .flatMap((entry) => {
      const path = below + entry.name;
      if (SKIPPED.test(entry.name)) return [];
      if (entry.isDirectory()) {
        const folder = `${path}/`;
        return tool.looksAt(folder) ? readBelow(root, folder, tool) : [];
      }
      return tool.looksAt(path)
        ? [{ path, bytes: readFileSync(join(root, path)) }]
        : [];
    });
}

const SKIPPED = /^(?:\.|node_modules$)/;

function noFolder({ title, folders }: ForeignTool): ConfigError {
  return new ConfigError(
    "missing_directory",
    `Cannot adopt from ${title} as there is no folder "${
      folders.join('", "')
    }" here`,
    { hint: "name the folder of its files with --source" },
  );
}

function asFolderError(error: unknown, dir: string): unknown {
  if (!(error instanceof Error && "code" in error)) return error;
  const isMissing = error.code === "ENOENT" || error.code === "ENOTDIR";
  return new ConfigError(
    isMissing ? "missing_directory" : "unreadable_directory",
    `Cannot adopt as the folder "${showName(dir)}" ` +
      (isMissing ? "is not there" : "cannot be read"),
    {
      hint: isMissing
        ? "name the folder of the other tool's files with --source"
        : `the system said: ${showName(error.message)}`,
      cause: error,
    },
  );
}
