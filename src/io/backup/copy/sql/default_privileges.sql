-- PostgreSQL 14 to 18. What the role's own default privileges add to what it
-- makes, one row each: whether it is given now or by PostgreSQL itself.
SELECT
    format('ALTER DEFAULT PRIVILEGES FOR ROLE %I%s', pg_get_userbyid(d.defaclrole),
        ' IN SCHEMA ' || NULLIF(d.defaclnamespace, 0)::regnamespace) AS prefix,
    k.kind,
    p.state,
    p.privilege,
    CASE p.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(p.grantee)) END AS grantee,
    CASE WHEN p.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END AS option
FROM pg_default_acl d
CROSS JOIN LATERAL (
    SELECT CASE d.defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'FUNCTIONS'
        WHEN 'T' THEN 'TYPES' WHEN 'n' THEN 'SCHEMAS' ELSE 'LARGE OBJECTS' END AS kind
) k
CROSS JOIN LATERAL (
    SELECT 'now' AS state, e.grantee, e.privilege_type AS privilege, e.is_grantable
    FROM aclexplode(d.defaclacl) e
    UNION ALL
    SELECT 'base', e.grantee, e.privilege_type, e.is_grantable
    FROM aclexplode(acldefault(
        CASE d.defaclobjtype WHEN 'S' THEN 's' ELSE d.defaclobjtype END, d.defaclrole
    )) e
    WHERE d.defaclnamespace = 0
) p
WHERE d.defaclrole = (SELECT r.oid FROM pg_roles r WHERE r.rolname = current_user)
