import { equal } from "node:assert/strict";
import { undoSetting } from "../../../../src/core/schema_changes/undo_setting.ts";

const CASES: Readonly<Record<string, string | undefined>> = {
  "ALTER TABLE ONLY a.p ATTACH PARTITION a.c FOR VALUES IN ('x');":
    "ALTER TABLE a.p DETACH PARTITION a.c;",
  'ALTER TABLE ONLY a.p ATTACH PARTITION a."c d" DEFAULT;':
    'ALTER TABLE a.p DETACH PARTITION a."c d";',
  "ALTER TABLE a.t ENABLE ROW LEVEL SECURITY;":
    "ALTER TABLE a.t DISABLE ROW LEVEL SECURITY;",
  "ALTER TABLE a.t FORCE ROW LEVEL SECURITY;":
    "ALTER TABLE a.t NO FORCE ROW LEVEL SECURITY;",
  "ALTER TABLE ONLY a.t REPLICA IDENTITY FULL;":
    "ALTER TABLE ONLY a.t REPLICA IDENTITY DEFAULT;",
  'ALTER TABLE ONLY a.t ALTER COLUMN "b c" SET STATISTICS 500;':
    'ALTER TABLE ONLY a.t ALTER COLUMN "b c" SET STATISTICS -1;',
  "ALTER TABLE ONLY a.t ALTER COLUMN b SET (n_distinct='5', x='a,b');":
    "ALTER TABLE ONLY a.t ALTER COLUMN b RESET (n_distinct, x);",
  "ALTER TABLE ONLY a.t ALTER COLUMN b SET NOT NULL;":
    "ALTER TABLE ONLY a.t ALTER COLUMN b DROP NOT NULL;",
  "ALTER TABLE a.t ADD CONSTRAINT b_nn NOT NULL b NOT VALID;":
    "ALTER TABLE a.t DROP CONSTRAINT b_nn;",
  "ALTER TABLE ONLY a.t ALTER COLUMN b SET STORAGE PLAIN;": undefined,
};

for (const [statement, undone] of Object.entries(CASES)) {
  Deno.test(`undoSetting() of ${statement}`, () => {
    equal(undoSetting(statement), undone);
  });
}
