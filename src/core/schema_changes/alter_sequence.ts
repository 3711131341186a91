/**
 * The statements that alter a sequence in place, from how `schema dump`
 * writes it; undefined where none can.
 */
export function alterSequence(
  name: string,
  before: string,
  after: string,
): readonly string[] | undefined {
  if (isUnlogged(before) !== isUnlogged(after)) return undefined;
  if (before === after) return [];
  const options = after.slice(after.indexOf(name) + name.length);
  const find = (pattern: RegExp) => pattern.exec(options)?.[1];
  const type = find(/ AS (\w+)/u) ?? "bigint";
  const step = find(/ INCREMENT BY (-?\d+)/u) ?? "1";
  const least = find(/ MINVALUE (-?\d+)/u);
  const most = find(/ MAXVALUE (-?\d+)/u);
  const first = find(/ START WITH (-?\d+)/u) ??
    (step.startsWith("-") ? most ?? "-1" : least ?? "1");
  return [
    [
      `ALTER SEQUENCE ${name} AS ${type}`,
      `INCREMENT BY ${step}`,
      least === undefined ? "NO MINVALUE" : `MINVALUE ${least}`,
      most === undefined ? "NO MAXVALUE" : `MAXVALUE ${most}`,
      `START WITH ${first}`,
      `CACHE ${find(/ CACHE (\d+)/u) ?? "1"}`,
      / CYCLE\b/u.test(options) ? "CYCLE;" : "NO CYCLE;",
    ].join(" "),
  ];
}

function isUnlogged(create: string): boolean {
  return create.startsWith("CREATE UNLOGGED ");
}
