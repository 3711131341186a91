import { lintImports } from "./lint_imports.ts";
import { lintPurity } from "./lint_purity.ts";
import { lintShape } from "./lint_shape.ts";

/** The house rules that a machine can check; `deno lint` runs them. */
const plugin: Deno.lint.Plugin = {
  name: "house",
  rules: { ...lintImports, ...lintPurity, ...lintShape },
};

export default plugin;
