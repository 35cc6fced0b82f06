import { isBfmError } from '@bfm/core';
import { parseConnections } from '@bfm/service';
import { describe, expect, it } from 'vitest';

describe('connections from the environment', () => {
  it('are those with a backend, in the order of their names', () => {
    const settings = parseConnections({
      GUARD_BACKEND: 'postgresql',
      GUARD_URL: 'postgres://u@h/d',
      CORE_BACKEND: 'postgresql',
      CORE_DB_HOST: 'db',
      CORE_DB_NAME: 'app',
      CORE_DB_USERNAME: 'me',
      CORE_DB_PASSWORD: 'secret',
      CORE_SCHEMA: 'main',
      CORE_MAX_CONNECTIONS: '9',
      BFM_STATE_BACKEND: 'postgresql',
      EMPTY_BACKEND: '',
      UNRELATED: 'x',
    });
    expect(settings).toEqual([
      {
        info: { name: 'core', backend: 'postgresql', defaultSchema: 'main', tenants: null },
        address: { kind: 'parts', host: 'db', port: 5432, database: 'app', user: 'me', password: 'secret' },
        connectionsMax: 9,
      },
      {
        info: { name: 'guard', backend: 'postgresql', defaultSchema: null, tenants: null },
        address: { kind: 'url', variable: 'GUARD_URL', url: 'postgres://u@h/d' },
        connectionsMax: null,
      },
    ]);
  });

  it('may say where their tenants are listed, their own database by default', () => {
    const base = {
      ORG_BACKEND: 'postgresql',
      ORG_URL: 'postgres://u@h/d',
      ORG_TENANTS_QUERY: 'SELECT s FROM t',
    };
    expect(parseConnections(base)[0]?.info.tenants).toEqual({ connection: 'org', query: 'SELECT s FROM t' });
    expect(parseConnections({ ...base, ORG_TENANTS_CONNECTION: 'core' })[0]?.info.tenants?.connection).toBe(
      'core',
    );
  });

  it('are refused with every fault at once, and no value is shown', () => {
    const error = caught(() =>
      parseConnections({
        A_BACKEND: 'oracle-c4n4ry',
        A_URL: 'postgres://u:c4n4ry@h/d',
        B_BACKEND: 'postgresql',
        C_BACKEND: 'postgresql',
        C_DB_HOST: 'h',
        C_DB_PORT: '99999',
        D_BACKEND: 'postgresql',
        D_URL: 'postgres://u@h/d',
        D_SCHEMA: 'pg_bad',
        D_MAX_CONNECTIONS: 'many',
        '9_BACKEND': 'postgresql',
      }),
    );
    if (!isBfmError(error)) throw new Error('not refused');
    expect(error.code).toBe('config.invalid');
    const said = (error.details.faults ?? []).map(({ message }) => message.split(' ')[0]);
    expect(said).toEqual(['9_BACKEND', 'A_BACKEND', 'B_URL', 'C_DB_PORT', 'D_SCHEMA', 'D_MAX_CONNECTIONS']);
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('c4n4ry');
  });
});

function caught(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}
