import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StateStore } from '@bfm/engine';
import { DEFAULT_STATE_LIMITS, openPostgresState, type StateAddress } from '@bfm/state';
import type { TestDatabase } from '@bfm/testing';

const FOLDER = join(import.meta.dirname, '../../../packages/state/sfm/postgresql/bfm_state');

/** Makes the tables of the state, as its migrations do. */
export async function makeStateTables(db: TestDatabase, schema = 'bfm_state'): Promise<void> {
  await db.query(`CREATE SCHEMA "${schema}"`);
  for (const file of globSync('*.up.sql', { cwd: FOLDER }).sort()) {
    const text = readFileSync(join(FOLDER, file), 'utf8');
    await db.query(`SET search_path = "${schema}"; ${text}; RESET search_path`);
  }
}

/** Opens the state in a test's database, or through what stands before it. */
export function openTestState(url: string, schema = 'bfm_state'): StateStore {
  return openPostgresState({ address: addressOf(url), schema, limits: DEFAULT_STATE_LIMITS });
}

function addressOf(text: string): StateAddress {
  const url = new URL(text);
  return {
    host: url.hostname,
    port: Number(url.port),
    database: url.pathname.slice(1),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    tls: { mode: 'disable', rootCertificates: null, client: null },
  };
}
