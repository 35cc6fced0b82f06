import { Client } from 'pg';
import type { EmbeddedPostgres } from '@bfm/embedded';
import { DEMO_DATABASE, STATE_DATABASE } from './env-file.ts';

const ORGANIZATION_ID = 'decaf000-0000-4000-8000-000000000000';

/** Schema names are `cli_` and hexadecimal digits, as the product makes them. */
const ENVIRONMENTS = [
  { name: 'Production', slug: 'production', schema: 'cli_decaf_01' },
  { name: 'Staging', slug: 'staging', schema: 'cli_decaf_02' },
] as const;

/** Creates the demo's database, and that of the server's state, unless they exist. */
export async function createDemoDatabase(server: EmbeddedPostgres): Promise<void> {
  await withClient(server.url(), async (client) => {
    for (const name of [DEMO_DATABASE, STATE_DATABASE]) {
      const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [name]);
      if (rowCount === 0) await client.query(`CREATE DATABASE ${name}`);
    }
  });
}

/**
 * Adds one organization and its two active environments unless they are there.
 *
 * @returns what there is now, for people.
 */
export async function addDemoEnvironments(url: string): Promise<string> {
  await withClient(url, async (client) => {
    await client.query('BEGIN');
    await client.query(
      `INSERT INTO core.organizations (organization_id, name, slug, home_region)
       VALUES ($1, 'Decaf Coffee', 'decaf', 'eu-central') ON CONFLICT DO NOTHING`,
      [ORGANIZATION_ID],
    );
    for (const { name, slug, schema } of ENVIRONMENTS) {
      await client.query(
        `INSERT INTO core.environments (organization_id, name, slug, schema_name, region, status)
         VALUES ($1, $2, $3, $4, 'eu-central', 'active') ON CONFLICT DO NOTHING`,
        [ORGANIZATION_ID, name, slug, schema],
      );
    }
    await client.query('COMMIT');
  });
  return ENVIRONMENTS.map(({ slug, schema }) => `${slug} (${schema})`).join(', ');
}

/** The schemas of the demo's tenants. */
export const TENANT_SCHEMAS = ENVIRONMENTS.map(({ schema }) => schema);

async function withClient(url: string, work: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({ connectionString: url, application_name: 'bfm-demo' });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
