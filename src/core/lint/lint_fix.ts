/** What `lint --fix` did to a statement, or would do. */
export interface LintFix {
  readonly path: string;
  readonly line: number;
  readonly rule: string;
  readonly before: string;
  readonly after: string;
}
