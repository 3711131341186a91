import { equal } from "node:assert/strict";
import { pathUri, relativePath } from "../../../src/report/place.ts";

Deno.test("relativePath() shortens what lies in the working directory", () => {
  equal(relativePath("/work/a/b.sql", "/work"), "a/b.sql");
  equal(relativePath("./a.sql", "/work"), "a.sql");
  equal(relativePath("/a.sql", "/"), "a.sql");
  equal(relativePath("/workshop/a.sql", "/work"), "/workshop/a.sql");
  equal(relativePath("../a.sql", undefined), "../a.sql");
});

Deno.test("pathUri() encodes what a URI cannot hold", () => {
  equal(pathUri("a b/c:#?.sql"), "a%20b/c%3A%23%3F.sql");
  equal(pathUri("/a b"), "file:///a%20b");
});
