// node drizzle.mjs URL FOLDER SCHEMA...: drizzle's migrator on each schema in turn, as a program of its users would.
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import pg from 'pg';

const [url, migrationsFolder, ...schemas] = process.argv.slice(2);
for (const schema of schemas) {
  const client = new pg.Client({ connectionString: url, options: `-c search_path=${schema}` });
  await client.connect();
  await migrate(drizzle(client), { migrationsFolder, migrationsSchema: schema });
  await client.end();
}
