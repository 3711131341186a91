import { insideRepository, insideSrc, isPure, ringOf } from "./lint_path.ts";

const MANAGER = [
  "manager_targets.ts",
  "database_manager.ts",
  "fleet.ts",
  "io",
  "core",
  "errors.ts",
];

/** A ring may import the rings listed for it, and itself. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  "error_codes.ts": [],
  "mask_secrets.ts": [],
  "errors.ts": ["error_codes.ts", "mask_secrets.ts"],
  core: ["errors.ts", "mask_secrets.ts"],
  report: ["core", "errors.ts"],
  io: ["core", "errors.ts"],
  "fleet.ts": ["core", "errors.ts"],
  "database_manager.ts": ["io", "core", "errors.ts"],
  "manager_targets.ts": ["database_manager.ts", "io", "core", "errors.ts"],
  "migration_manager.ts": MANAGER,
  "get_migration_manager.ts": ["migration_manager.ts", ...MANAGER],
  "testing.ts": ["migration_manager.ts", ...MANAGER],
  "mod.ts": [
    "get_migration_manager.ts",
    "migration_manager.ts",
    "report",
    ...MANAGER,
  ],
  cli: ["migration_manager.ts", "report", ...MANAGER],
};

/** Packages that a single file may import; their types anyone may. */
const GATEWAYS: Record<string, string> = {
  pg: "io/postgres/connection.ts",
  "libpg-query": "io/grammar.ts",
  commander: "cli/program.ts",
  "smol-toml": "io/parse_config.ts",
};

/** Built-in modules with functions that depend on nothing but arguments. */
const PURE_BUILTINS = ["node:buffer", "node:crypto", "node:path", "node:util"];

/** Files outside `src` that it may import. */
const OUTSIDE_FILES = ["deno.json"];

type Check = (node: Deno.lint.Node, specifier: string) => void;

/** Which file may import what. */
export const lintImports: Record<string, Deno.lint.Rule> = {
  "ring-order": {
    create(context) {
      const path = insideSrc(context.filename);
      if (path === undefined) return {};
      const ring = ringOf(path);
      return visitImports((node, specifier) => {
        const target = importedRing(context.filename, specifier);
        if (target === undefined || target === ring) return;
        if (MAY_IMPORT[ring]?.includes(target)) return;
        const message = `${ring} must not import ${target}`;
        context.report({ node, message });
      });
    },
  },
  "single-gateway": {
    create(context) {
      const path = insideSrc(context.filename);
      if (path === undefined) return {};
      return visitImports((node, specifier) => {
        const owner = GATEWAYS[specifier];
        if (owner === undefined || path === owner || isTypeOnly(node)) return;
        const message = `Only src/${owner} imports ${specifier}`;
        context.report({ node, message });
      });
    },
  },
  "pure-builtins": {
    create(context) {
      if (!isPure(context.filename)) return {};
      return visitImports((node, specifier) => {
        if (!specifier.startsWith("node:")) return;
        if (PURE_BUILTINS.includes(specifier) || isTypeOnly(node)) return;
        const message = `Pure rings do not use ${specifier}`;
        context.report({ node, message });
      });
    },
  },
};

function visitImports(check: Check): Deno.lint.LintVisitor {
  return {
    ImportDeclaration: (node) => check(node, node.source.value),
    ExportAllDeclaration: (node) => check(node, node.source.value),
    ExportNamedDeclaration(node) {
      if (node.source) check(node, node.source.value);
    },
    ImportExpression(node) {
      const { source } = node;
      if (source.type !== "Literal") return;
      if (typeof source.value === "string") check(node, source.value);
    },
  };
}

function isTypeOnly(node: Deno.lint.Node): boolean {
  return node.type === "ImportDeclaration" && node.importKind === "type";
}

/** The ring a relative import leads to, or the path of a file outside `src`. */
function importedRing(
  filename: string,
  specifier: string,
): string | undefined {
  if (!specifier.startsWith(".")) return undefined;
  const url = new URL(specifier, `file://${encodeURI(filename)}`);
  const target = decodeURIComponent(url.pathname);
  const path = insideSrc(target);
  if (path !== undefined) return ringOf(path);
  const outside = insideRepository(target) ?? target;
  return OUTSIDE_FILES.includes(outside) ? undefined : outside;
}
