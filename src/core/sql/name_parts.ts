/** A name such as `shop.goods.goods_pkey` in two: all but the last, and that. */
export function splitLastName(
  name: string,
): { readonly head: string; readonly last: string } {
  const last = /(?:"(?:[^"]|"")*"|[^."]+)$/.exec(name)?.[0] ?? name;
  const head = name.slice(0, name.length - last.length).replace(/\.$/, "");
  return { head, last };
}
