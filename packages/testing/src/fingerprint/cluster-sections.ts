import { aclText } from './sql-fragments.ts';

/** Passwords are left out: their salt is different every time. */
const ROLES = `
  SELECT format('role %I super=%s inherit=%s createrole=%s createdb=%s login=%s replication=%s bypassrls=%s limit=%s until=%s comment=%L',
                rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication, rolbypassrls,
                rolconnlimit, rolvaliduntil, shobj_description(oid, 'pg_authid')) AS line
  FROM pg_roles WHERE starts_with(rolname, $1)`;

/** Two of the options came with PostgreSQL 16. */
const MEMBERSHIPS = `
  SELECT format('%I is a member of %I admin=%s inherit=%s set=%s', pg_get_userbyid(member), pg_get_userbyid(roleid),
                admin_option, to_jsonb(m) ->> 'inherit_option', to_jsonb(m) ->> 'set_option') AS line
  FROM pg_auth_members m
  WHERE starts_with(pg_get_userbyid(member), $1) OR starts_with(pg_get_userbyid(roleid), $1)`;

const SETTINGS = `
  SELECT format('settings of %s in %s: %s', coalesce(rolname, 'all'), coalesce(datname, 'all'), setconfig) AS line
  FROM pg_db_role_setting LEFT JOIN pg_roles r ON r.oid = setrole LEFT JOIN pg_database d ON d.oid = setdatabase
  WHERE starts_with(rolname, $1) OR starts_with(datname, $1)`;

const TABLESPACES = `
  SELECT format('tablespace %I options=%s owner=%s acl=%s comment=%L', spcname, spcoptions, pg_get_userbyid(spcowner),
                ${aclText('spcacl', 't', 'spcowner')}, shobj_description(oid, 'pg_tablespace')) AS line
  FROM pg_tablespace WHERE starts_with(spcname, $1)`;

const DATABASES = `
  SELECT format('database %I owner=%s encoding=%s collate=%s type=%s template=%s connections=%s limit=%s tablespace=%I acl=%s comment=%L',
                datname, pg_get_userbyid(datdba), encoding, datcollate, datctype, datistemplate, datallowconn, datconnlimit,
                spcname, ${aclText('datacl', 'd', 'datdba')}, shobj_description(d.oid, 'pg_database')) AS line
  FROM pg_database d JOIN pg_tablespace s ON s.oid = dattablespace WHERE starts_with(datname, $1)`;

const PARAMETERS = `
  SELECT format('parameter %s for %I: %s%s', parname, rolname, privilege_type,
                CASE WHEN is_grantable THEN ' grantable' ELSE '' END) AS line
  FROM pg_parameter_acl, aclexplode(paracl) JOIN pg_roles r ON r.oid = grantee WHERE starts_with(rolname, $1)`;

/** Queries for what all databases of a server share; each takes the beginning of the names as $1 and returns `line`. */
export const CLUSTER_SECTIONS: readonly string[] = [
  ROLES,
  MEMBERSHIPS,
  SETTINGS,
  TABLESPACES,
  DATABASES,
  PARAMETERS,
];
