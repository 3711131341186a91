import {
  COUNT,
  envelope,
  ERROR,
  list,
  type Properties,
  record,
  refer,
} from "./json_schema_words.ts";

/** The document of `lint`. */
export const LINT_REPORTS: Properties = {
  lint: record({
    ...envelope({ const: "lint" }),
    files: COUNT,
    statements: COUNT,
    findings: list(refer("finding")),
    suppressed: COUNT,
  }, ERROR),
};
