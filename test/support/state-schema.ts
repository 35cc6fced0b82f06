import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StateStore } from '@bfm/engine';
import { DEFAULT_STATE_LIMITS, openPostgresState, type StateLimits } from '@bfm/state';
import type { TestDatabase } from '@bfm/testing';

const FOLDER = join(import.meta.dirname, '../../packages/state/sfm/postgresql/bfm_state');

/** The schema that the state of tests is in. */
export const STATE_SCHEMA = 'bfm_state';

/** Makes the tables of the state, as they are after all of its migrations. */
export async function makeStateSchema(db: Pick<TestDatabase, 'query'>): Promise<void> {
  const scripts = globSync('*.up.sql', { cwd: FOLDER })
    .sort()
    .map((file) => readFileSync(join(FOLDER, file), 'utf8'));
  const path = `SET search_path = ${STATE_SCHEMA}`;
  await db.query(['CREATE SCHEMA bfm_state', path, ...scripts, 'RESET search_path'].join(';\n'));
}

/** Opens the state at an address; to be closed. */
export function openTestState(url: string, limits: Partial<StateLimits> = {}): StateStore {
  const { hostname, port, pathname, username, password } = new URL(url);
  return openPostgresState({
    address: {
      host: hostname,
      port: Number(port),
      database: decodeURIComponent(pathname.slice(1)),
      user: decodeURIComponent(username),
      password: decodeURIComponent(password),
      tls: { mode: 'disable', rootCertificates: null, client: null },
    },
    schema: STATE_SCHEMA,
    limits: { ...DEFAULT_STATE_LIMITS, ...limits },
  });
}
