import { describeTargetStore, POSTGRES_MAJORS, useTestDatabase } from '@bfm/testing';
import { makeStore } from './make-store.ts';

for (const major of POSTGRES_MAJORS) {
  const db = await useTestDatabase(major);
  describeTargetStore(`PostgreSQL ${major}`, {
    makeStore: () => makeStore(db.url),
    statements: {
      works: "CREATE OR REPLACE FUNCTION made_here() RETURNS int LANGUAGE sql AS 'SELECT 1'",
      fails: 'SELECT 1 / 0',
    },
  });
}
