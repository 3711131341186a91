-- PostgreSQL 14 to 18. Every object of the user as a line of JSON, with the
-- statements that make it. jsonb has one way to write a value.
WITH {sources},
object (
    kind, name, class_id, object_id, word, sql_name, owner_id,
    acl_type, acl, base_acl, acl_prefix,
    creation, late, early, note, sub_comments, sub_grants
) AS (
    {objects}
)
SELECT
    concat(o.class_id, '.', o.object_id) AS id,
    jsonb_build_object(
        'kind', o.kind,
        'name', o.name,
        'parts', jsonb_strip_nulls(jsonb_build_object(
            'create', o.creation,
            'early', o.early,
            'late', o.late,
            'note', o.note,
            'owner', CASE WHEN o.owner_id IS NOT NULL THEN format(
                'ALTER %s %s OWNER TO %I;',
                o.word, o.sql_name, pg_get_userbyid(o.owner_id)
            ) END,
            'comment', NULLIF(concat_ws(E'\n', described.comment, o.sub_comments), ''),
            'privileges', NULLIF(concat_ws(E'\n', granted.statements, o.sub_grants), '')
        ))
    )::text AS line
FROM object o
LEFT JOIN LATERAL (
    SELECT format('COMMENT ON %s %s IS %L;', o.word, o.sql_name, d.description) AS comment
    FROM pg_description d
    WHERE d.classoid = o.class_id AND d.objoid = o.object_id AND d.objsubid = 0
        AND o.word IS NOT NULL
        AND NOT (o.kind = 'schema' AND o.name = 'public' AND d.description = 'standard public schema')
        AND NOT (o.kind = 'extension' AND o.name = 'plpgsql')
) described ON TRUE
LEFT JOIN LATERAL (
    SELECT string_agg(s.statement, E'\n' ORDER BY s.statement COLLATE "C") AS statements
    FROM (
        SELECT format(
            '%s%s %s ON %s %s %s%s;',
            o.acl_prefix,
            CASE WHEN p.is_given THEN 'GRANT' ELSE 'REVOKE' END,
            string_agg(p.privilege, ', ' ORDER BY p.privilege COLLATE "C"),
            CASE
                WHEN o.acl_prefix IS NOT NULL THEN o.sql_name
                WHEN o.acl_type = 'f' THEN concat(
                    CASE o.kind WHEN 'procedure' THEN 'PROCEDURE ' ELSE 'FUNCTION ' END,
                    o.object_id::regprocedure
                )
                ELSE CASE o.acl_type
                    WHEN 'r' THEN 'TABLE' WHEN 's' THEN 'SEQUENCE' WHEN 'n' THEN 'SCHEMA'
                    WHEN 'T' THEN 'TYPE' WHEN 'l' THEN 'LANGUAGE'
                    WHEN 'F' THEN 'FOREIGN DATA WRAPPER' ELSE 'FOREIGN SERVER'
                END || ' ' || o.sql_name
            END,
            CASE WHEN p.is_given THEN 'TO' ELSE 'FROM' END,
            CASE p.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(p.grantee)) END,
            CASE WHEN p.is_grantable THEN ' WITH GRANT OPTION' END
        ) AS statement
        FROM (
            SELECT
                COALESCE(now.grantee, base.grantee) AS grantee,
                COALESCE(now.privilege, base.privilege) AS privilege,
                now.grantee IS NOT NULL AS is_given,
                COALESCE(now.is_grantable, FALSE) AS is_grantable
            FROM (
                SELECT e.grantee, e.privilege_type AS privilege, bool_or(e.is_grantable) AS is_grantable
                FROM aclexplode(o.acl) e GROUP BY 1, 2
            ) now
            FULL JOIN (
                SELECT DISTINCT e.grantee, e.privilege_type AS privilege
                FROM aclexplode(COALESCE(o.base_acl, acldefault(o.acl_type, o.owner_id))) e
            ) base ON base.grantee = now.grantee AND base.privilege = now.privilege
            WHERE now.grantee IS NULL OR base.grantee IS NULL OR now.is_grantable
        ) p
        GROUP BY p.grantee, p.is_given, p.is_grantable
    ) s
    WHERE o.acl IS NOT NULL
) granted ON TRUE
WHERE COALESCE(o.creation, o.note, described.comment, o.sub_comments, granted.statements, o.sub_grants) IS NOT NULL
