import { describe, expect, it } from 'vitest';
import { readStateSource, type Environment, type StateSource } from '../src/index.ts';

function read(
  environment: Environment,
  { url = null, schema = null }: { readonly url?: string | null; readonly schema?: string | null } = {},
): StateSource | null {
  const readFile = (): never => {
    throw new Error('nothing names a file');
  };
  return readStateSource({ url, schema }, { environment, document: null, readFile });
}

const URL_OF_OLD = 'postgres://old:secret@db.example:5433/states';

describe('where the state of an existing BFM is', () => {
  it('is said by the variables that it is started with, and their defaults', () => {
    expect(read({ BFM_STATE_DB_PASSWORD: 'secret' })).toMatchObject({
      address: {
        host: 'localhost',
        port: 5432,
        user: 'postgres',
        password: 'secret',
        database: 'migration_state',
      },
      schema: 'public',
    });
    const parts = {
      BFM_STATE_DB_HOST: 'db.example',
      BFM_STATE_DB_PORT: '6543',
      BFM_STATE_DB_USERNAME: 'old',
    };
    expect(read({ ...parts, BFM_STATE_DB_NAME: 'states', BFM_STATE_SCHEMA: 'bfm' })).toMatchObject({
      address: {
        host: 'db.example',
        port: 6543,
        user: 'old',
        database: 'states',
        tls: { mode: 'verify-full' },
      },
      schema: 'bfm',
    });
  });

  it('is said by a URL, that of the command line before every variable', () => {
    expect(read({ BFM_STATE_URL: URL_OF_OLD })).toMatchObject({
      address: { host: 'db.example', database: 'states' },
    });
    const variables = {
      BFM_STATE_URL: URL_OF_OLD,
      BFM_STATE_DB_HOST: 'elsewhere',
      BFM_STATE_SSLMODE: 'require',
    };
    const url = 'postgres://me@127.0.0.1:1/mine';
    expect(read(variables, { url, schema: 'Old' })).toMatchObject({
      address: {
        host: '127.0.0.1',
        port: 1,
        user: 'me',
        password: '',
        database: 'mine',
        tls: { mode: 'require' },
      },
      schema: 'Old',
    });
  });

  it('may not be said at all', () => {
    expect(read({})).toBeNull();
    expect(
      read({ BFM_STATE_SCHEMA: 'public', BFM_STATE_BACKEND: 'postgresql', BFM_STATE_URL: '' }),
    ).toBeNull();
  });

  it('is refused when it makes no sense, without telling the secret', () => {
    expect(() => read({}, { url: 'postgres://old:secret@' })).toThrow(/^--state-url is not usable/);
    expect(() => read({ BFM_STATE_URL: 'secret' })).toThrow(/^BFM_STATE_URL is not usable(?!.*secret)/);
    expect(() => read({ BFM_STATE_DB_PORT: 'x' })).toThrow(/^BFM_STATE_DB_PORT is not usable/);
  });
});
