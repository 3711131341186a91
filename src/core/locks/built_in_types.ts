/** Types that are certainly no domains, by the names that the grammar gives. */
export const BUILT_IN_TYPES: ReadonlySet<string> = new Set(
  ("bigint bit bool boolean box bpchar bytea char cidr circle citext date " +
    "daterange datemultirange decimal float4 float8 geography geometry hstore " +
    "inet int int2 int4 int4range int4multirange int8 int8range " +
    "int8multirange integer interval json jsonb jsonpath line lseg ltree " +
    "macaddr macaddr8 money name numeric numrange nummultirange oid path " +
    "pg_lsn point polygon real regclass regproc regtype smallint text time " +
    "timestamp timestamptz timetz tsmultirange tsquery tsrange tstzmultirange " +
    "tstzrange tsvector uuid varbit varchar vector xid8 xml").split(" "),
);
