/**
 * The statement that undoes one that stands behind CREATE TABLE; undefined
 * where none is known.
 */
export function undoSetting(statement: string): string | undefined {
  for (const [pattern, undone] of UNDONE) {
    const found = pattern.exec(statement);
    if (found === null) continue;
    const [, head = "", name = "", rest = ""] = found;
    return `${undone(head, name, rest)};`;
  }
  return undefined;
}

type Undo = (head: string, name: string, rest: string) => string;

const NAME = String.raw`((?:"(?:[^"]|"")*"|[^\s."]+)+)`;
const COLUMN = String.raw`(ALTER TABLE ONLY .+ ALTER COLUMN ${NAME})`;

const UNDONE: readonly (readonly [RegExp, Undo])[] = [
  [
    /^(ALTER TABLE) ONLY (.+) ATTACH PARTITION (\S+|\S*"(?:[^"]|"")*") (?:FOR VALUES|DEFAULT).*;$/su,
    (head, parent, child) => `${head} ${parent} DETACH PARTITION ${child}`,
  ],
  [
    /^(ALTER TABLE .+) (?:ENABLE (ROW LEVEL SECURITY));$/su,
    (head, what) => `${head} DISABLE ${what}`,
  ],
  [
    /^(ALTER TABLE .+) (?:FORCE (ROW LEVEL SECURITY));$/su,
    (head, what) => `${head} NO FORCE ${what}`,
  ],
  [
    /^(ALTER TABLE ONLY .+) REPLICA IDENTITY (?:FULL|NOTHING);$/su,
    (head) => `${head} REPLICA IDENTITY DEFAULT`,
  ],
  [column("SET STATISTICS .*"), (head) => `${head} SET STATISTICS -1`],
  [column("SET COMPRESSION .*"), (head) => `${head} SET COMPRESSION default`],
  [column("SET DEFAULT .*"), (head) => `${head} DROP DEFAULT`],
  [column("SET NOT NULL"), (head) => `${head} DROP NOT NULL`],
  [
    /^(ALTER TABLE ONLY .+ ALTER COLUMN .+) SET \((.*)\);$/su,
    (head, options) => `${head} RESET (${namesOf(options)})`,
  ],
  [
    new RegExp(`^(ALTER TABLE .+) ADD CONSTRAINT ${NAME} .*;$`, "su"),
    (head, name) => `${head} DROP CONSTRAINT ${name}`,
  ],
];

/** The names of options, of a list such as `n_distinct='5', a='x'`. */
export function namesOf(options: string): string {
  return [...options.matchAll(/([\w."]+)='(?:[^']|'')*'/gu)]
    .map(([, name = ""]) => name).join(", ");
}

function column(action: string): RegExp {
  return new RegExp(`^${COLUMN} ${action};$`, "su");
}
