import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StateStore } from '@bfm/engine';
import { DEFAULT_STATE_LIMITS, openPostgresState, type StateAddress, type StateLimits } from '@bfm/state';
import type { TestDatabase } from '@bfm/testing';

const FOLDER = join(import.meta.dirname, '../../packages/state/sfm/postgresql/bfm_state');

/** The schema that the state of tests is in. */
export const STATE_SCHEMA = 'bfm_state';

/** Makes the tables of the state, as they are after all of its migrations. */
export async function makeStateSchema(
  db: Pick<TestDatabase, 'query'>,
  schema: string = STATE_SCHEMA,
): Promise<void> {
  const scripts = globSync('*.up.sql', { cwd: FOLDER })
    .sort()
    .map((file) => readFileSync(join(FOLDER, file), 'utf8'));
  const begin = [`CREATE SCHEMA ${schema}`, `SET search_path = ${schema}`];
  await db.query([...begin, ...scripts, 'RESET search_path'].join(';\n'));
}

/** How the state of a test differs from what is usual. */
export interface TestStateOptions extends Partial<StateLimits> {
  /** @default {@link STATE_SCHEMA} */
  readonly schema?: string;
  /** @default none */
  readonly tls?: StateAddress['tls'];
}

/** Opens the state at an address; to be closed. */
export function openTestState(url: string, options: TestStateOptions = {}): StateStore {
  const { schema = STATE_SCHEMA, tls = NO_TLS, ...limits } = options;
  const { hostname, port, pathname, username, password } = new URL(url);
  return openPostgresState({
    address: {
      host: hostname,
      port: Number(port),
      database: decodeURIComponent(pathname.slice(1)),
      user: decodeURIComponent(username),
      password: decodeURIComponent(password),
      tls,
    },
    schema,
    limits: { ...DEFAULT_STATE_LIMITS, ...limits },
  });
}

const NO_TLS: StateAddress['tls'] = { mode: 'disable', rootCertificates: null, client: null };
