import type { SchemaName } from '@bfm/core';
import { POSTGRES_MAJORS, useTestDatabase } from '@bfm/testing';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { catalogChecksums, catalogItems } from '../src/catalog-checksum/catalog-checksum.ts';

const SCHEMAS = ['ca_one', 'ca_two', 'Odd "name".x*', 'a'] as SchemaName[];

/** Everything a schema can hold that the checksum knows of, each name qualified in another way. */
function everything(schema: string): string {
  const name = pg.escapeIdentifier(schema);
  return `
    CREATE SCHEMA ${name};
    SET search_path = ${name}, public;
    CREATE TYPE mood AS ENUM ('sad', 'glad');
    CREATE TYPE pair AS (a int, b mood);
    CREATE TYPE span AS RANGE (subtype = float8);
    CREATE DOMAIN positive AS int DEFAULT 1 CHECK (VALUE > 0);
    CREATE TABLE users (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, mail text COLLATE "C" NOT NULL, m mood DEFAULT 'sad', p pair, s span, n positive);
    CREATE TABLE ${name}.orders (id serial PRIMARY KEY, user_id int REFERENCES ${name}.users, total numeric(10, 2) CHECK (total > 0), twice numeric GENERATED ALWAYS AS (total * 2) STORED);
    CREATE INDEX orders_total ON orders (total) WHERE total > 10;
    CREATE STATISTICS both_of ON user_id, total FROM orders;
    CREATE VIEW totals AS SELECT users.mail, sum(o.total) FROM orders o JOIN users ON users.id = o.user_id GROUP BY 1;
    CREATE MATERIALIZED VIEW cached AS SELECT * FROM ${name}.totals;
    CREATE FUNCTION count_users() RETURNS bigint LANGUAGE sql STABLE SET search_path = ${name} AS $$ SELECT count(*) FROM ${name}.users $$;
    CREATE FUNCTION new_style() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM users; END;
    CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
    CREATE TRIGGER touched BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch();
    CREATE AGGREGATE summed(int) (sfunc = int4pl, stype = int, initcond = '0');
    CREATE RULE quiet AS ON DELETE TO orders DO INSTEAD NOTHING;
    ALTER TABLE users ENABLE ROW LEVEL SECURITY;
    CREATE POLICY own ON users USING (id = (SELECT count(*) FROM ${name}.orders));
    CREATE TABLE logs (at date NOT NULL) PARTITION BY RANGE (at);
    CREATE TABLE logs_old PARTITION OF logs FOR VALUES FROM (MINVALUE) TO ('2025-01-01');
    RESET search_path;`;
}

/** Each changes what a schema is, and is to be seen. */
const CHANGES: readonly (readonly [string, string])[] = [
  ['a column', 'ALTER TABLE ca_two.users ADD COLUMN x int'],
  ['a type', 'ALTER TABLE ca_two.users ALTER COLUMN n TYPE bigint'],
  ['nullability', 'ALTER TABLE ca_two.users ALTER COLUMN mail DROP NOT NULL'],
  ['a default', "ALTER TABLE ca_two.users ALTER COLUMN m SET DEFAULT 'glad'"],
  ['a label', "ALTER TYPE ca_two.mood ADD VALUE 'calm' BEFORE 'glad'"],
  ['a field', 'ALTER TYPE ca_two.pair ADD ATTRIBUTE c int'],
  ['a check', 'ALTER DOMAIN ca_two.positive ADD CHECK (VALUE < 100)'],
  ['a constraint', 'ALTER TABLE ca_two.orders ADD UNIQUE (total)'],
  ['an index', 'DROP INDEX ca_two.orders_total'],
  ['a view', 'CREATE OR REPLACE VIEW ca_two.totals AS SELECT mail, 1.0::numeric AS sum FROM ca_two.users'],
  [
    'a function',
    "CREATE OR REPLACE FUNCTION ca_two.touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
  ],
  ['a trigger', 'ALTER TABLE ca_two.users DISABLE TRIGGER touched'],
  ['a policy', 'DROP POLICY own ON ca_two.users'],
  ['row security', 'ALTER TABLE ca_two.users FORCE ROW LEVEL SECURITY'],
  [
    'a partition',
    "CREATE TABLE ca_two.logs_new PARTITION OF ca_two.logs FOR VALUES FROM ('2025-01-01') TO (MAXVALUE)",
  ],
  ['a sequence', 'ALTER SEQUENCE ca_two.orders_id_seq INCREMENT 2'],
  ['statistics', 'DROP STATISTICS ca_two.both_of'],
  ['a rule', 'DROP RULE quiet ON ca_two.orders'],
  ['an operator class or other rare thing', "CREATE COLLATION ca_two.german (provider = icu, locale = 'de')"],
];

/** None of them counts. */
const REMARKS = `
  INSERT INTO ca_two.users (mail) VALUES ('x');
  SELECT nextval('ca_two.orders_id_seq');
  COMMENT ON TABLE ca_two.users IS 'people';
  GRANT SELECT ON ca_two.users TO PUBLIC;
  ALTER TABLE ca_two.users ADD COLUMN gone int;
  ALTER TABLE ca_two.users DROP COLUMN gone`;

describe.each(POSTGRES_MAJORS)('the catalog checksum on PostgreSQL %i', async (major) => {
  const db = await useTestDatabase(major);

  async function inTransaction<T>(work: (client: pg.Client) => Promise<T>, end = 'ROLLBACK'): Promise<T> {
    const client = new pg.Client({ connectionString: db.url });
    await client.connect();
    try {
      await client.query('BEGIN');
      const result = await work(client);
      await client.query(end);
      return result;
    } finally {
      await client.end();
    }
  }

  it('is equal for schemas made alike, whatever their names are', async () => {
    for (const schema of SCHEMAS) await db.query(everything(schema));
    const checksums = await inTransaction((client) => catalogChecksums(client, SCHEMAS));
    expect(checksums.size).toBe(SCHEMAS.length);
    const [first, ...others] = await Promise.all(
      SCHEMAS.map((schema) => inTransaction((client) => catalogItems(client, schema))),
    );
    for (const other of others) expect(other).toEqual(first);
    expect(new Set(checksums.values()).size).toBe(1);
    expect(first?.join('\n')).not.toContain('ca_one');
    expect(first?.length).toBeGreaterThan(40);
  });

  it.each(CHANGES)('changes with %s', async (_what, sql) => {
    await inTransaction(async (client) => {
      await client.query(sql);
      const checksums = await catalogChecksums(client, SCHEMAS);
      expect(checksums.get(SCHEMAS[1] as SchemaName)).not.toBe(checksums.get(SCHEMAS[0] as SchemaName));
    });
  });

  it('does not change with data, comments, grants or what was dropped', async () => {
    await inTransaction(async (client) => {
      await client.query(REMARKS);
      const checksums = await catalogChecksums(client, SCHEMAS);
      expect(checksums.get(SCHEMAS[1] as SchemaName)).toBe(checksums.get(SCHEMAS[0] as SchemaName));
    });
  });

  it('knows nothing of a schema that does not exist, and nothing in an empty one', async () => {
    await db.query('CREATE SCHEMA ca_empty');
    const names = ['ca_empty', 'ca_nowhere'] as SchemaName[];
    const checksums = await inTransaction((client) => catalogChecksums(client, names));
    expect([...checksums.keys()]).toEqual(['ca_empty']);
    expect(await inTransaction((client) => catalogItems(client, names[0] as SchemaName))).toEqual([]);
  });
});
