import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { POSTGRES_MAJORS } from '../test-server.ts';
import { useTestDatabase } from '../use-test-database.ts';
import { catalogFingerprint, type FingerprintOptions } from './catalog-fingerprint.ts';

/** Roles are shared by all databases of a server, and so by other runs. */
const ROLE = `fingerprint_${randomBytes(4).toString('hex')}`;

/** Everything is made in a transaction that is given up. */
const OBJECTS = `
  CREATE ROLE ${ROLE};
  CREATE ROLE ${ROLE}_group;
  CREATE SCHEMA app;
  CREATE TYPE app.label;
  CREATE FUNCTION app.label_in(cstring) RETURNS app.label LANGUAGE internal IMMUTABLE STRICT AS 'textin';
  CREATE FUNCTION app.label_out(app.label) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'textout';
  CREATE TYPE app.label (INPUT = app.label_in, OUTPUT = app.label_out, LIKE = text);
  CREATE TYPE app.span AS RANGE (subtype = float8);
  CREATE TYPE app.pair AS (a int, b text);
  CREATE OPERATOR app.=# (FUNCTION = texteq, LEFTARG = text, RIGHTARG = text, RESTRICT = eqsel);
  CREATE OPERATOR FAMILY app.numbers USING btree;
  CREATE OPERATOR CLASS app.texts FOR TYPE text USING hash AS OPERATOR 1 =, FUNCTION 1 hashtext(text);
  CREATE COLLATION app.bytes (LOCALE = 'C');
  CREATE CONVERSION app.western FOR 'UTF8' TO 'LATIN1' FROM utf8_to_iso8859_1;
  CREATE TEXT SEARCH DICTIONARY app.words (TEMPLATE = simple);
  CREATE TEXT SEARCH CONFIGURATION app.letters (COPY = pg_catalog.simple);
  CREATE TABLE app.parents (id int PRIMARY KEY, note text) WITH (fillfactor = 50, autovacuum_enabled = off);
  CREATE TABLE app.children () INHERITS (app.parents);
  CREATE TABLE app.pairs OF app.pair;
  CREATE TABLE app.links (parent int CONSTRAINT to_parent REFERENCES app.parents);
  CREATE INDEX notes ON app.parents ((id + 1));
  CREATE STATISTICS app.both_columns ON id, note FROM app.parents;
  CREATE EXTENSION hstore SCHEMA app;
  CREATE FUNCTION app.one() RETURNS int LANGUAGE sql RETURN 1;
  CREATE CAST (app.label AS text) WITHOUT FUNCTION;
  CREATE LANGUAGE plcopy HANDLER plpgsql_call_handler;
  CREATE FOREIGN DATA WRAPPER nowhere;
  CREATE SERVER moon FOREIGN DATA WRAPPER nowhere;
  CREATE USER MAPPING FOR PUBLIC SERVER moon;
  CREATE FOREIGN TABLE app.craters (name text) SERVER moon;
  CREATE PUBLICATION news FOR TABLE app.parents;
  CREATE SUBSCRIPTION feed CONNECTION 'host=nobody.invalid password=x' PUBLICATION p WITH (connect = false, slot_name = NONE);
  SELECT lo_create(42000042);`;

/** Each makes one difference that must show. */
const DIFFERENCES: Readonly<Record<string, string>> = {
  'a base type’s storage': 'ALTER TYPE app.label SET (STORAGE = external)',
  'a shell type': 'CREATE TYPE app.announced',
  'a range’s owner': `ALTER TYPE app.span OWNER TO ${ROLE}`,
  'an operator’s estimator': 'ALTER OPERATOR app.=# (text, text) SET (RESTRICT = NONE)',
  'an operator family’s member':
    'ALTER OPERATOR FAMILY app.numbers USING btree ADD FUNCTION 1 (int4, int8) btint48cmp(int4, int8)',
  'an operator class’s owner': `ALTER OPERATOR CLASS app.texts USING hash OWNER TO ${ROLE}`,
  'a collation’s owner': `ALTER COLLATION app.bytes OWNER TO ${ROLE}`,
  'a conversion’s name': 'ALTER CONVERSION app.western RENAME TO west',
  'a dictionary’s option': 'ALTER TEXT SEARCH DICTIONARY app.words (Accept = false)',
  'a configuration’s mapping': 'ALTER TEXT SEARCH CONFIGURATION app.letters DROP MAPPING FOR url',
  'a text search template': 'CREATE TEXT SEARCH TEMPLATE app.plain (LEXIZE = dsimple_lexize)',
  'a toast option': 'ALTER TABLE app.parents SET (toast.autovacuum_enabled = off)',
  'a table’s row type': 'ALTER TABLE app.pairs NOT OF',
  'a column that is inherited only': `SET LOCAL allow_system_table_mods = on;
    UPDATE pg_attribute SET attislocal = true WHERE attrelid = 'app.children'::regclass AND attname = 'note'`,
  'statistics of an index’s column': 'ALTER INDEX app.notes ALTER COLUMN 1 SET STATISTICS 7',
  'a statistics target': 'ALTER STATISTICS app.both_columns SET STATISTICS 7',
  'a foreign key that is not checked': 'ALTER TABLE app.links DISABLE TRIGGER ALL',
  'a foreign table’s options': `ALTER FOREIGN TABLE app.craters OPTIONS (ADD side 'near')`,
  'a foreign column’s options': `ALTER FOREIGN TABLE app.craters ALTER name OPTIONS (ADD c 'n')`,
  'a member of an extension': 'ALTER EXTENSION hstore ADD FUNCTION app.one()',
  'what goes with an extension': 'ALTER FUNCTION app.one() DEPENDS ON EXTENSION hstore',
  'a cast': 'DROP CAST (app.label AS text)',
  'a language’s owner': `ALTER LANGUAGE plcopy OWNER TO ${ROLE}`,
  'an access method': 'CREATE ACCESS METHOD piles TYPE TABLE HANDLER heap_tableam_handler',
  'a wrapper’s options': `ALTER FOREIGN DATA WRAPPER nowhere OPTIONS (ADD a 'b')`,
  'a server’s version': `ALTER SERVER moon VERSION '2'`,
  'a user mapping’s options': `ALTER USER MAPPING FOR PUBLIC SERVER moon OPTIONS (ADD user 'x')`,
  'a publication’s rows': 'ALTER PUBLICATION news SET TABLE app.parents WHERE (id > 5)',
  'a publication’s actions': `ALTER PUBLICATION news SET (publish = 'insert')`,
  'a subscription’s publications': 'ALTER SUBSCRIPTION feed ADD PUBLICATION q WITH (refresh = false)',
  'a large object’s owner': `ALTER LARGE OBJECT 42000042 OWNER TO ${ROLE}`,
  'default privileges everywhere': `ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO ${ROLE}`,
  'a comment on what is in no schema': `COMMENT ON SERVER moon IS 'far away'`,
  'a setting of the database': `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET work_mem = ''1MB''', current_database()); END $$`,
  'a role': `CREATE ROLE ${ROLE}_more`,
  'a role’s attribute': `ALTER ROLE ${ROLE} CREATEDB`,
  'a role’s setting': `ALTER ROLE ${ROLE} SET work_mem = '1MB'`,
  'a membership': `GRANT ${ROLE}_group TO ${ROLE}`,
  'a parameter’s grant': `GRANT SET ON PARAMETER work_mem TO ${ROLE}`,
  'a comment on a role': `COMMENT ON ROLE ${ROLE} IS 'somebody'`,
};

describe.each(POSTGRES_MAJORS)('on PostgreSQL %i', async (major) => {
  const db = await useTestDatabase(major);

  const client = new Client({ connectionString: db.url });
  let before = '';

  beforeAll(async () => {
    await client.connect();
    await client.query(`BEGIN; ${OBJECTS}`);
    before = await catalogFingerprint(client, { clusterPrefix: ROLE });
  });

  afterAll(() => client.end());

  /** Applies statements and undoes them, so that every difference is seen alone. */
  async function afterwards(statements: string, options: FingerprintOptions): Promise<string> {
    await client.query(`SAVEPOINT one_difference; ${statements}`);
    const text = await catalogFingerprint(client, options);
    await client.query('ROLLBACK TO one_difference');
    return text;
  }

  test.each(Object.entries(DIFFERENCES))('%s shows', async (_name, statements) => {
    expect(await afterwards(statements, { clusterPrefix: ROLE })).not.toBe(before);
  });

  test('the order in which options were set does not show', async () => {
    const again = 'ALTER TABLE app.parents RESET (fillfactor); ALTER TABLE app.parents SET (fillfactor = 50)';
    expect(await afterwards(again, { clusterPrefix: ROLE })).toBe(before);
  });

  test('roles do not show unless they are asked for', async () => {
    expect(await afterwards(`ALTER ROLE ${ROLE} CREATEDB`, {})).toBe(await catalogFingerprint(client));
  });
});
