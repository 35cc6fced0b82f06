// node node-pg-migrate.mjs URL FOLDER SCHEMA...: node-pg-migrate on each schema in turn, in one process.
import { runner } from 'node-pg-migrate';

const [databaseUrl, dir, ...schemas] = process.argv.slice(2);
const silent = () => undefined;
for (const schema of schemas) {
  await runner({
    databaseUrl,
    dir,
    direction: 'up',
    migrationsTable: 'pgmigrations',
    schema,
    migrationsSchema: schema,
    logger: { debug: silent, info: silent, warn: silent, error: console.error },
  });
}
