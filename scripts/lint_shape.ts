import { insideRepository, insideSrc } from "./lint_path.ts";

const MAX_FUNCTION_LINES = 60;
const MAX_PARAMETERS = 3;
const MAX_FILE_LINES = 300;

/** Names that say nothing about what is in a file. */
const EMPTY_NAMES = [
  "base",
  "common",
  "helper",
  "helpers",
  "misc",
  "shared",
  "types",
  "util",
  "utils",
];

/** How long, how wide and how named things may be. */
export const lintShape: Record<string, Deno.lint.Rule> = {
  "function-shape": {
    create(context) {
      return {
        FunctionDeclaration: (node) => checkFunction(context, node),
        FunctionExpression: (node) => checkFunction(context, node),
        ArrowFunctionExpression: (node) => checkFunction(context, node),
      };
    },
  },
  "top-level-function": {
    create(context) {
      return {
        "Program > VariableDeclaration > VariableDeclarator > ArrowFunctionExpression":
          (node: Deno.lint.Node) => reportArrow(context, node),
        "Program > ExportNamedDeclaration > VariableDeclaration > VariableDeclarator > ArrowFunctionExpression":
          (node: Deno.lint.Node) => reportArrow(context, node),
      };
    },
  },
  "file-shape": {
    create(context) {
      return { Program: (node) => checkFile(context, node) };
    },
  },
  "documented-export": {
    create(context) {
      if (insideSrc(context.filename) === undefined) return {};
      return {
        ExportNamedDeclaration: (node) => checkDoc(context, node),
      };
    },
  },
};

type AnyFunction =
  | Deno.lint.FunctionDeclaration
  | Deno.lint.FunctionExpression
  | Deno.lint.ArrowFunctionExpression;

function checkFunction(
  context: Deno.lint.RuleContext,
  node: AnyFunction,
): void {
  const lines = context.sourceCode.getText(node).split("\n").length;
  if (lines > MAX_FUNCTION_LINES) {
    const message =
      `Function has ${lines} lines: at most ${MAX_FUNCTION_LINES}`;
    context.report({ node, message });
  }
  const count = node.params.length;
  if (count > MAX_PARAMETERS) {
    const message = `Function has ${count} parameters: at most ` +
      `${MAX_PARAMETERS}`;
    context.report({ node, message });
  }
}

function reportArrow(
  context: Deno.lint.RuleContext,
  node: Deno.lint.Node,
): void {
  const message = "Top-level functions use `function`";
  context.report({ node, message });
}

function checkFile(
  context: Deno.lint.RuleContext,
  node: Deno.lint.Program,
): void {
  const lines = context.sourceCode.text.trimEnd().split("\n").length;
  if (lines > MAX_FILE_LINES && insideSrc(context.filename) !== undefined) {
    const message = `File has ${lines} lines: at most ${MAX_FILE_LINES}`;
    context.report({ node, message });
  }
  const path = insideRepository(context.filename);
  const name = path?.split("/").at(-1)?.replace(/\.ts$/, "");
  if (name === undefined) return;
  if (!/^[a-z][a-z0-9_]*$/.test(name)) {
    context.report({ node, message: `File name "${name}" is no snake_case` });
  }
  if (EMPTY_NAMES.includes(name) && insideSrc(context.filename)) {
    context.report({ node, message: `File name "${name}" says nothing` });
  }
}

function checkDoc(
  context: Deno.lint.RuleContext,
  node: Deno.lint.ExportNamedDeclaration,
): void {
  if (!node.declaration) return;
  const comments = context.sourceCode.getCommentsBefore(node);
  const isDocumented = comments.some((comment) =>
    comment.type === "Block" && comment.value.startsWith("*")
  );
  if (isDocumented) return;
  const message = "An export has a sentence of documentation before it";
  context.report({ node, message });
}
