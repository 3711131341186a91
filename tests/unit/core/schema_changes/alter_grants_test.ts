import { deepEqual, equal } from "node:assert/strict";
import {
  grantNew,
  removeComments,
  revokeOld,
} from "../../../../src/core/schema_changes/alter_grants.ts";

const OLD = `GRANT SELECT, UPDATE ON TABLE a TO PUBLIC;
GRANT SELECT (b) ON TABLE a TO "TO x" WITH GRANT OPTION;
REVOKE EXECUTE ON ROUTINE f() FROM PUBLIC;`;
const FRESH = `GRANT SELECT ON TABLE a TO PUBLIC;
REVOKE EXECUTE ON ROUTINE f() FROM PUBLIC;`;

Deno.test("revokeOld() takes back what is no longer there", () => {
  deepEqual(revokeOld(OLD, FRESH), [
    "REVOKE SELECT, UPDATE ON TABLE a FROM PUBLIC;",
    'REVOKE SELECT (b) ON TABLE a FROM "TO x";',
  ]);
  equal(
    revokeOld(FRESH, undefined).at(-1),
    "GRANT EXECUTE ON ROUTINE f() TO PUBLIC;",
  );
});

Deno.test("revokeOld() takes back default privileges", () => {
  deepEqual(
    revokeOld(
      "ALTER DEFAULT PRIVILEGES FOR ROLE r IN SCHEMA s GRANT USAGE ON TYPES TO x;",
      undefined,
    ),
    [
      "ALTER DEFAULT PRIVILEGES FOR ROLE r IN SCHEMA s REVOKE USAGE ON TYPES FROM x;",
    ],
  );
});

Deno.test("grantNew() grants what was not there", () => {
  deepEqual(grantNew(OLD, FRESH), ["GRANT SELECT ON TABLE a TO PUBLIC;"]);
});

Deno.test("removeComments() removes only comments that are gone", () => {
  const old = `COMMENT ON TABLE a IS 'it''s; one IS ''b''';
COMMENT ON COLUMN a.b IS E'c\\\\d';
COMMENT ON COLUMN a.c IS 'x';`;
  const fresh = "COMMENT ON COLUMN a.c IS 'y';";

  deepEqual(removeComments(old, fresh), [
    "COMMENT ON TABLE a IS NULL;",
    "COMMENT ON COLUMN a.b IS NULL;",
  ]);
});
