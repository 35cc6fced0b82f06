import { describeTargetStore, POSTGRES_MAJORS, useTestDatabase } from '@bfm/testing';
import { makeStore } from './make-store.ts';

for (const major of POSTGRES_MAJORS) {
  const db = await useTestDatabase(major);
  describeTargetStore(`PostgreSQL ${major}`, {
    makeStore: () => makeStore(db.url),
    statements: { works: 'CREATE TABLE made_here (id int); DROP TABLE made_here', fails: 'SELECT 1 / 0' },
  });
}
