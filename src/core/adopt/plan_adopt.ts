import { checksumOf } from "../checksum.ts";
import type { Finding } from "../finding.ts";
import {
  downFileName,
  type MigrationName,
  upFileName,
  versionKey,
} from "../migration_name.ts";
import type { AdoptedMigration } from "./adopt_report.ts";
import { renderAdopted, renderPlaceholder } from "./adopted_file.ts";
import { assignVersions } from "./assign_versions.ts";
import type {
  ForeignCheck,
  ForeignMigration,
  ForeignReading,
  ForeignTool,
} from "./foreign.ts";
import { judgeAdopted } from "./judge_adopted.ts";

/** Where files come from and go to, as they are shown. */
export interface AdoptPlaces {
  readonly source: string;
  readonly target: string;
}

/** A file to write, from the folder of the migrations. */
export interface AdoptedFile {
  readonly path: string;
  readonly text: string;
}

/** A row to write. */
export interface AdoptedRow {
  readonly version: string;
  readonly name: string;
  readonly checksum: string;
  readonly filePath: string;
  /** As the other server wrote it; absent for the present moment. */
  readonly appliedAt?: string;
  readonly executionTimeMs?: number;
  /** The way back, which the database keeps. */
  readonly down?: AdoptedFile;
  readonly reason: string;
}

/** All that adopting does, as values. */
export interface AdoptPlan {
  readonly migrations: readonly AdoptedMigration[];
  readonly files: readonly AdoptedFile[];
  readonly rows: readonly AdoptedRow[];
  /** What speaks against it; `isForceable()` says what may be gone past. */
  readonly findings: readonly Finding[];
}

/** Plans the files and rows that take the place of another tool's. */
export function planAdopt(
  { migrations, findings }: ForeignReading,
  tool: ForeignTool,
  places: AdoptPlaces,
): AdoptPlan {
  const present = migrations.filter(({ source }) => source !== undefined);
  const versions = assignVersions(present.map(({ version }) => version));
  const drafts = [
    ...planAbsent(migrations.filter(({ source }) => source === undefined)),
    ...present.map((one, index) =>
      draftOf(one, {
        version: versions[index] ?? "",
        name: fileWords(one.name),
      })
    ),
  ].map((draft) => withFiles(draft, tool, places));
  return {
    migrations: drafts.map(describe),
    files: drafts.flatMap(({ up, down }) => [up, down])
      .filter((file) => file !== undefined),
    rows: drafts.flatMap(planRow),
    findings: [
      ...findings,
      ...drafts.flatMap(({ from, source }) =>
        judgeAdopted(from, { tool, source })
      ),
    ],
  };
}

interface Draft extends MigrationName {
  readonly from: ForeignMigration;
  readonly kind: AdoptedMigration["kind"];
}

interface FiledDraft extends Draft {
  readonly tool: ForeignTool;
  /** As it is shown; of a migration without a file, what it was called. */
  readonly source: string;
  /** The folder of the migrations, as it is shown. */
  readonly target: string;
  readonly up?: AdoptedFile;
  readonly down?: AdoptedFile;
}

function draftOf(from: ForeignMigration, name: MigrationName): Draft {
  return { ...name, from, kind: from.up === undefined ? "program" : "sql" };
}

/** A row without a file is a baseline, whose version is no number. */
function planAbsent(
  migrations: readonly ForeignMigration[],
): readonly Draft[] {
  const taken = new Set<string>();
  return migrations.map((from) => {
    const digits = from.version?.replaceAll(".", "_") ?? "000";
    const name = fileWords(from.name);
    const words = `${digits}_${name}`.slice(0, MAX_VERSION);
    let version = words;
    for (let count = 2; taken.has(version); count++) {
      const end = `_${count}`;
      version = words.slice(0, MAX_VERSION - end.length) + end;
    }
    taken.add(version);
    return { from, kind: "no_file", version, name };
  });
}

/** As wide as the column. */
const MAX_VERSION = 50;
const MAX_NAME = 150;

/** The words as a file name can have them, with as little changed as can be. */
function fileWords(name: string): string {
  const words = name.normalize()
    .replace(/[^\p{L}\p{N}._-]+/gu, "_")
    .replace(/^[_.]+|[_.]+$/g, "")
    // Our layout has the way back in a folder of its own.
    .replace(/\.(?:up|down)$/i, "");
  return [...words].slice(0, MAX_NAME).join("") || "migration";
}

function isRenumbered({ from, kind, version }: Draft): boolean {
  if (kind === "no_file") return false;
  return from.version === undefined || !/^[0-9]+$/.test(from.version) ||
    versionKey(from.version) !== versionKey(version);
}

function withFiles(
  draft: Draft,
  tool: ForeignTool,
  places: AdoptPlaces,
): FiledDraft {
  const { from, version, name } = draft;
  const source = joinPath(places.source, from.source ?? from.id);
  const filed = { ...draft, tool, source, target: places.target };
  if (from.source === undefined) return filed;
  const origin = { title: tool.title, source };
  const owner = { version, name };
  const path = upFileName(draft);
  const text = from.up === undefined
    ? renderPlaceholder(origin, owner)
    : renderAdopted(from.up, origin, { ...owner, direction: "up", path });
  const up = { path, text };
  if (from.down === undefined) return { ...filed, up };
  const downPath = `rollbacks/${downFileName(draft)}`;
  const downText = renderAdopted(from.down, origin, {
    ...owner,
    direction: "down",
    path: downPath,
  });
  return { ...filed, up, down: { path: downPath, text: downText } };
}

function describe(draft: FiledDraft): AdoptedMigration {
  const { from, kind, version, name, up, down, target } = draft;
  const state = kind === "no_file"
    ? "baseline"
    : from.applied === undefined
    ? "pending"
    : "applied";
  return {
    version,
    name,
    was: from.id,
    state,
    kind,
    isRenumbered: isRenumbered(draft),
    check: from.check,
    ...(from.applied?.at !== undefined && { appliedAt: from.applied.at }),
    ...(from.up?.transaction === "off" && { transaction: "off" }),
    ...(from.source !== undefined && { source: draft.source }),
    ...(up !== undefined && { path: joinPath(target, up.path) }),
    ...(down !== undefined && { downPath: joinPath(target, down.path) }),
  };
}

function planRow(draft: FiledDraft): readonly AdoptedRow[] {
  const { from, version, name, tool, up, down, target } = draft;
  if (from.applied === undefined) return [];
  const { at, executionTimeMs } = from.applied;
  return [{
    version,
    name,
    checksum: checksumOf(new TextEncoder().encode(up?.text ?? "")),
    filePath: up === undefined ? from.id : joinPath(target, up.path),
    ...(at !== undefined && { appliedAt: at }),
    ...(executionTimeMs !== undefined && { executionTimeMs }),
    ...(down !== undefined && {
      down: { ...down, path: joinPath(target, down.path) },
    }),
    reason: `applied by ${tool.title} as ${from.id}${
      describeCheck(from.check, tool)
    }`,
  }];
}

function describeCheck(
  check: ForeignCheck,
  { checksum = "checksum" }: ForeignTool,
): string {
  switch (check) {
    case "same":
      return `, ${checksum} as recorded`;
    case "changed":
      return `, ${checksum} not as recorded`;
    case "none":
      return "";
    default:
      return check satisfies never;
  }
}

/** Paths are shown from the working directory, with "/". */
function joinPath(folder: string, path: string): string {
  return folder === "." ? path : `${folder.replace(/\/$/, "")}/${path}`;
}
