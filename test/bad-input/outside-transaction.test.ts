import { describeFailures } from './support/describe-failures.ts';
import { describeRefusals, type Refused } from './support/describe-refusals.ts';

function outside(sql: string, called: string): Refused {
  return {
    name: sql,
    text: `-- what it is for\nSELECT 1;\n${sql};\n`,
    code: 'migration.needs_no_transaction',
    at: '3:1',
    says: `${called} cannot run inside a transaction`,
    mend: 'put `-- bfm: transaction=none` at the head of this file',
    excerpt: `${sql};`,
  };
}

describeRefusals('I12: statements that cannot run inside a transaction', [
  outside('CREATE DATABASE other', 'CREATE DATABASE'),
  outside('DROP DATABASE IF EXISTS other WITH (FORCE)', 'DROP DATABASE'),
  outside('ALTER DATABASE postgres SET TABLESPACE pg_default', 'ALTER DATABASE ... SET TABLESPACE'),
  outside('VACUUM', 'VACUUM'),
  outside('VACUUM (FULL, ANALYZE) kept', 'VACUUM'),
  outside('CREATE INDEX CONCURRENTLY i ON kept (note)', 'CREATE INDEX CONCURRENTLY'),
  outside('CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON kept (note)', 'CREATE INDEX CONCURRENTLY'),
  outside('DROP INDEX CONCURRENTLY IF EXISTS i', 'DROP INDEX CONCURRENTLY'),
  outside('REINDEX TABLE CONCURRENTLY kept', 'REINDEX CONCURRENTLY'),
  outside('REINDEX (CONCURRENTLY) INDEX kept_pkey', 'REINDEX CONCURRENTLY'),
  outside('REINDEX SCHEMA kept', 'REINDEX SCHEMA'),
  outside('REINDEX DATABASE', 'REINDEX DATABASE'),
  outside("ALTER SYSTEM SET work_mem = '1GB'", 'ALTER SYSTEM'),
  outside("CREATE TABLESPACE s LOCATION '/nowhere'", 'CREATE TABLESPACE'),
  outside('DROP TABLESPACE IF EXISTS s', 'DROP TABLESPACE'),
  outside('CLUSTER', 'CLUSTER without a table'),
  outside('ALTER TABLE kept DETACH PARTITION p CONCURRENTLY', 'DETACH PARTITION CONCURRENTLY'),
]);

describeFailures('I12: an enum value that is used before it is committed', [
  {
    name: 'in the file that adds it',
    text: "CREATE TABLE t (m mood);\nALTER TYPE public.mood ADD VALUE 'sad';\nINSERT INTO t VALUES ('sad');",
    at: '3:23',
    code: 'step.failed',
    sqlstate: '55P04',
    says: 'unsafe use of new value "sad" of enum type mood',
    next: 'move the statements that use the new value into a migration of their own',
  },
]);
