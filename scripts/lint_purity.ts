import { insideSrc, isPure } from "./lint_path.ts";

/** The only file of `src` that knows it runs on Deno. */
const HOST = "cli/host.ts";

const IMPURE_NAMES = [
  "console",
  "fetch",
  "performance",
  "process",
  "queueMicrotask",
  "setInterval",
  "setTimeout",
];
const IMPURE_CALLS = [
  "Date.now",
  "Math.random",
  "crypto.randomUUID",
  "crypto.getRandomValues",
];

/** Which file may touch the world. */
export const lintPurity: Record<string, Deno.lint.Rule> = {
  "deno-in-host": {
    create(context) {
      const path = insideSrc(context.filename);
      if (path === undefined || path === HOST) return {};
      return {
        Identifier(node) {
          if (node.name !== "Deno" || isOnlyAName(node)) return;
          const message = `Only src/${HOST} uses Deno: elsewhere take node:`;
          context.report({ node, message });
        },
      };
    },
  },
  "pure-rings": {
    create(context) {
      if (!isPure(context.filename)) return {};
      function report(node: Deno.lint.Node, name: string): void {
        context.report({ node, message: `Pure rings do not use ${name}` });
      }
      return {
        Identifier(node) {
          if (!IMPURE_NAMES.includes(node.name) || isOnlyAName(node)) return;
          report(node, node.name);
        },
        MemberExpression(node) {
          const text = context.sourceCode.getText(node);
          if (IMPURE_CALLS.includes(text)) report(node, text);
        },
        NewExpression(node) {
          if (isCurrentTime(node)) report(node, "the clock");
        },
        AwaitExpression: (node) => report(node, "await"),
        "FunctionDeclaration[async=true]": (node: Deno.lint.Node) =>
          report(node, "async"),
        "FunctionExpression[async=true]": (node: Deno.lint.Node) =>
          report(node, "async"),
        "ArrowFunctionExpression[async=true]": (node: Deno.lint.Node) =>
          report(node, "async"),
      };
    },
  },
};

/** `plan.performance` and `{ process: 1 }` do not mean the global. */
function isOnlyAName(node: Deno.lint.Identifier): boolean {
  const { parent } = node;
  switch (parent.type) {
    case "MemberExpression":
      return parent.property === node && !parent.computed;
    case "Property":
    case "PropertyDefinition":
    case "MethodDefinition":
    case "TSPropertySignature":
    case "TSMethodSignature":
      return parent.key === node && !isShorthand(parent);
    default:
      return false;
  }
}

function isShorthand(node: Deno.lint.Node): boolean {
  return node.type === "Property" && node.shorthand;
}

function isCurrentTime(node: Deno.lint.NewExpression): boolean {
  const { callee } = node;
  if (callee.type !== "Identifier" || callee.name !== "Date") return false;
  return node.arguments.length === 0;
}
