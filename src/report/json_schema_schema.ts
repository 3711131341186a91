import {
  COUNT,
  envelope,
  ERROR,
  type Properties,
  record,
  TARGET,
} from "./json_schema_words.ts";

/** The documents of `schema dump` and `drift`. */
export const SCHEMA_REPORTS: Properties = {
  schema: record({ ...envelope({ const: "schema" }), objects: COUNT }, {
    ...TARGET,
    ...ERROR,
    sql: { type: "string", description: "The script." },
    path: { type: "string", description: "The file that has it." },
  }),
};
