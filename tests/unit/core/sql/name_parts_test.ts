import { deepEqual } from "node:assert/strict";
import { splitLastName } from "../../../../src/core/sql/name_parts.ts";

for (
  const [name, head, last] of [
    ["shop.goods.goods_pkey", "shop.goods", "goods_pkey"],
    ['shop."a.b"."c""."', 'shop."a.b"', '"c""."'],
    ["alone", "", "alone"],
  ] as const
) {
  Deno.test(`splitLastName() takes ${name} apart`, () => {
    deepEqual(splitLastName(name), { head, last });
  });
}
