import { parseConfiguration } from '@bfm/service';
import { describe, expect, it } from 'vitest';
import { faultsOf, makeSources, messagesOf, oneConnection } from './make-sources.ts';

const NO_TLS = { mode: 'disable', rootCertificates: null, client: null };
const UNSAID = {
  connectionsMax: null,
  connectTimeoutMs: null,
  checkoutTimeoutMs: null,
  idleTimeoutMs: null,
  lifetimeMs: null,
};
const LOCAL = { CORE_BACKEND: 'postgresql', CORE_URL: 'postgres://u@localhost/d' };

describe('connections', () => {
  it('from variables are those with a backend, in the order of their names', () => {
    const { connections } = parseConfiguration(
      makeSources({
        GUARD_BACKEND: 'postgresql',
        GUARD_URL: 'postgres://u@localhost/d',
        CORE_BACKEND: 'postgresql',
        CORE_DB_HOST: '127.0.0.1',
        CORE_DB_NAME: 'app',
        CORE_DB_USERNAME: 'me',
        CORE_DB_PASSWORD: 's3cret',
        CORE_SCHEMA: 'main',
        CORE_MAX_CONNECTIONS: '9',
        BFM_STATE_BACKEND: 'postgresql',
        EMPTY_BACKEND: '',
        KERAS_BACKEND: 'tensorflow',
        UNRELATED: 'x',
      }),
    );
    const common = { kind: 'postgresql', port: 5432, tls: NO_TLS };
    expect(connections).toEqual([
      {
        info: { name: 'core', backend: 'postgresql', defaultSchema: 'main', tenants: null },
        address: { ...common, host: '127.0.0.1', database: 'app', user: 'me', password: 's3cret' },
        pool: { ...UNSAID, connectionsMax: 9 },
        pooled: false,
        directAddress: null,
      },
      {
        info: { name: 'guard', backend: 'postgresql', defaultSchema: null, tenants: null },
        address: { ...common, host: 'localhost', database: 'd', user: 'u', password: '' },
        pool: UNSAID,
        pooled: false,
        directAddress: null,
      },
    ]);
  });

  it('from bfm.yaml say the same as those from variables', () => {
    const named = oneConnection({
      CORE_BACKEND: 'postgresql',
      CORE_URL: 'postgres://u:p@localhost:6432/d',
      CORE_SCHEMA: 'core',
      CORE_TENANTS_QUERY: 'SELECT s FROM t',
      CORE_TENANTS_CONNECTION: 'guard',
      CORE_MAX_CONNECTIONS: '7',
      CORE_CONNECT_TIMEOUT: '3s',
      CORE_CHECKOUT_TIMEOUT: 'none',
      CORE_IDLE_TIMEOUT: '1min',
      CORE_MAX_LIFETIME: '1h',
      CORE_POOLED: 'true',
      CORE_DIRECT_URL: 'postgres://u@localhost:5432/d',
    });
    const written = oneConnection(
      {},
      {
        connections: {
          core: {
            backend: 'postgresql',
            url: 'postgres://u:p@localhost:6432/d',
            schema: 'core',
            tenants: { query: 'SELECT s FROM t', connection: 'guard' },
            pool: {
              max_connections: 7,
              connect_timeout: '3s',
              checkout_timeout: 'none',
              idle_timeout: '1min',
              max_lifetime: '1h',
            },
            pooled: true,
            direct_url: 'postgres://u@localhost:5432/d',
          },
        },
      },
    );
    expect(written).toEqual(named);
    expect(named.pool).toEqual({
      connectionsMax: 7,
      connectTimeoutMs: 3_000,
      checkoutTimeoutMs: 0,
      idleTimeoutMs: 60_000,
      lifetimeMs: 3_600_000,
    });
    expect(named.directAddress).toMatchObject({ port: 5432, password: 'p' });
  });

  it('take from a variable what bfm.yaml says as well, setting by setting', () => {
    const tree = {
      connections: { 'app-eu': { backend: 'postgresql', url: 'postgres://u@localhost/d', schema: 'one' } },
    };
    expect(oneConnection({ APP_EU_SCHEMA: 'two' }, tree).info).toMatchObject({
      name: 'app-eu',
      defaultSchema: 'two',
    });
    expect(oneConnection({ APP_EU_URL: 'postgres://u@localhost/e' }, tree).address).toMatchObject({
      database: 'e',
    });
    const parts = { APP_EU_DB_HOST: '::1', APP_EU_DB_NAME: 'f' };
    expect(oneConnection(parts, tree).address).toMatchObject({ host: '::1', database: 'f' });
  });

  it('list their tenants in their own database unless another is named', () => {
    const settings = { ...LOCAL, CORE_TENANTS_QUERY: 'SELECT s FROM t' };
    expect(oneConnection(settings).info.tenants).toEqual({ connection: 'core', query: 'SELECT s FROM t' });
    expect(messagesOf(makeSources({ ...LOCAL, CORE_TENANTS_CONNECTION: 'core' }))).toEqual([
      'CORE_TENANTS_CONNECTION is not usable: there is no query to ask it',
    ]);
  });

  it('of other stores keep where they are', () => {
    const { address } = oneConnection({
      LOGS_BACKEND: 'greptimedb',
      LOGS_URL: 'http://me@localhost:4000/public',
      LOGS_DB_PASSWORD: 'p',
    });
    expect(address).toEqual({
      kind: 'http',
      origin: 'http://localhost:4000',
      database: 'public',
      user: 'me',
      password: 'p',
    });
    expect(
      oneConnection({ E_BACKEND: 'etcd', E_DB_HOST: 'etcd.example', E_DB_PORT: '2379' }).address,
    ).toEqual({ kind: 'http', origin: 'http://etcd.example:2379', database: '', user: '', password: '' });
    expect(
      messagesOf(makeSources({ E_BACKEND: 'etcd', E_URL: 'postgres://c4n4ry@h' }), 'c4n4ry')[0],
    ).toContain('http://user:password@host');
  });
});

describe('what holds for all connections', () => {
  it('fills in what a connection does not say, in the names of today and in the older ones', () => {
    const tree = { pool: { max_connections: 3, idle_timeout: '20s', max_lifetime: '2h' } };
    expect(oneConnection(LOCAL, tree).pool).toMatchObject({
      connectionsMax: 3,
      idleTimeoutMs: 20_000,
      lifetimeMs: 7_200_000,
    });
    const older = {
      BFM_DB_MAX_OPEN_CONNS: '2',
      BFM_DB_MAX_IDLE_CONNS: '1',
      BFM_DB_CONN_MAX_LIFETIME_MINUTES: '3',
      BFM_DB_CONN_MAX_IDLE_TIME_SECONDS: '0',
      BFM_DB_CONN_MAX_IDLE_TIME_MINUTES: '1',
    };
    expect(oneConnection({ ...LOCAL, ...older }, tree).pool).toMatchObject({
      connectionsMax: 2,
      idleTimeoutMs: 60_000,
      lifetimeMs: 180_000,
    });
    expect(oneConnection({ ...LOCAL, ...older, BFM_MAX_CONNECTIONS: '5' }).pool.connectionsMax).toBe(5);
    expect(oneConnection({ ...LOCAL, ...older, CORE_MAX_CONNECTIONS: '6' }).pool.connectionsMax).toBe(6);
  });

  it('includes the folder of migrations, and where it was named', () => {
    const named = parseConfiguration(makeSources({ BFM_SFM_PATH: 'a' }, { sfm: 'b' }));
    expect(named.program.sfm).toEqual({ path: 'a', origin: 'environment' });
    const written = parseConfiguration(
      makeSources({}, { sfm: 'b', run: { lock_wait: '1min', concurrency: 9 } }),
    );
    expect(written.program).toMatchObject({
      sfm: { path: 'b', origin: 'document' },
      lockWaitMs: 60_000,
      concurrency: 9,
      attemptsMax: null,
    });
  });
});

describe('a secret', () => {
  const base = { CORE_BACKEND: 'postgresql', CORE_DB_HOST: 'localhost', CORE_DB_NAME: 'd' };
  const passwordOf = (...sources: Parameters<typeof makeSources>): unknown => {
    const { address } = oneConnection(...sources);
    return address.password;
  };

  it('may stand in a file, without its last line break', () => {
    for (const [text, secret] of [
      ['p', 'p'],
      ['p\n', 'p'],
      ['p\r\n', 'p'],
      ['p\n\n', 'p\n'],
      [' p ', ' p '],
    ] as const) {
      expect(passwordOf({ ...base, CORE_DB_PASSWORD_FILE: '/s' }, null, { '/s': text })).toBe(secret);
    }
    const url = 'postgres://u:p@localhost/e\n';
    const environment = { CORE_BACKEND: 'postgresql', CORE_URL_FILE: '/s' };
    expect(oneConnection(environment, null, { '/s': url }).address).toMatchObject({ database: 'e' });
    const tree = {
      connections: {
        core: { backend: 'postgresql', url: 'postgres://u@localhost/d', database: { password_file: 's' } },
      },
    };
    expect(passwordOf({}, tree, { s: 'p\n' })).toBe('p');
  });

  it.each([
    ['both', { CORE_DB_PASSWORD: 'c4n4ry', CORE_DB_PASSWORD_FILE: '/s' }, 'CORE_DB_PASSWORD is set as well'],
    ['no such file', { CORE_DB_PASSWORD_FILE: '/none' }, 'the file does not exist'],
    ['an empty file', { CORE_DB_PASSWORD_FILE: '/empty' }, 'the file it names is empty'],
    ['a NUL', { CORE_DB_PASSWORD_FILE: '/nul' }, 'it holds a NUL character'],
  ])('is refused: %s', (_what, more, reason) => {
    const files = { '/s': 'c4n4ry', '/empty': '\n', '/nul': 'c4n4ry\0' };
    expect(messagesOf(makeSources({ ...base, ...more }, null, files), 'c4n4ry')).toEqual([
      `CORE_DB_PASSWORD_FILE is not usable: ${reason}`,
    ]);
  });

  it.each([
    ['postgres://u:c4n4ry@h /d', 'it is not a URL of the form'],
    ['postgres://u:c4n4ry@h/d\nmore', 'a line break or a tab stands inside it'],
    ['postgres://u:c4n4ry@h/d\n\n', 'white space stands before or behind it'],
    ['', 'the file it names is empty'],
  ])('in a file is mended in that file: %j', (content, reason) => {
    const environment = { CORE_BACKEND: 'postgresql', CORE_URL_FILE: '/s' };
    const [fault] = faultsOf(makeSources(environment, null, { '/s': content }), 'c4n4ry');
    expect(fault?.message).toContain(reason);
    expect(fault?.mend).toBe(
      'write the value, and nothing else, into the file that CORE_URL_FILE names, for example postgres://bfm@localhost:5432/app',
    );
  });

  it('of a variable goes before the file that bfm.yaml names', () => {
    const tree = { connections: { core: { backend: 'postgresql', url_file: 'none' } } };
    expect(oneConnection({ CORE_URL: 'postgres://u@localhost/d' }, tree).address).toMatchObject({
      database: 'd',
    });
  });

  it('fills in for a URL without one, and may repeat what the URL says, but not say otherwise', () => {
    expect(passwordOf({ ...LOCAL, CORE_DB_PASSWORD: 'a@b/c#d%' })).toBe('a@b/c#d%');
    const whole = { ...LOCAL, CORE_URL: 'postgres://u:p@localhost:5433/d' };
    const same = {
      CORE_DB_HOST: 'localhost',
      CORE_DB_PORT: '5433',
      CORE_DB_NAME: 'd',
      CORE_DB_PASSWORD: 'p',
    };
    expect(passwordOf({ ...whole, ...same })).toBe('p');
    const other = {
      CORE_DB_HOST: 'h',
      CORE_DB_PORT: '5432',
      CORE_DB_USERNAME: 'v',
      CORE_DB_PASSWORD: 'c4n4ry',
    };
    expect(messagesOf(makeSources({ ...whole, ...other }), 'c4n4ry')).toEqual([
      'CORE_DB_HOST is not usable: CORE_URL names another host',
      'CORE_DB_PORT is not usable: CORE_URL names another port',
      'CORE_DB_USERNAME is not usable: CORE_URL names another user',
      'CORE_DB_PASSWORD is not usable: CORE_URL names another password',
    ]);
  });
});

describe('a faulty configuration', () => {
  it('is refused with every fault at once, and no value is shown', () => {
    const faults = faultsOf(
      makeSources(
        {
          A_BACKEND: 'oracle-c4n4ry',
          A_URL: 'postgres://u:c4n4ry@h/d',
          B_BACKEND: 'postgresql',
          C_BACKEND: 'postgres',
          C_DB_HOST: 'h',
          C_DB_PORT: '99999',
          D_BACKEND: 'postgresql',
          D_URL: 'postgres://u@h/d',
          D_SCHEMA: 'pg_bad',
          D_MAX_CONNECTIONS: 'many-c4n4ry',
          D_CONNECT_TIMEOUT: '99',
          D_POOLED: 'c4n4ry',
          '9_BACKEND': 'postgresql',
          BFM_LOCK_WAIT: 'c4n4ry',
        },
        { run: { attempts: 'c4n4ry' }, pool: { max_connections: 0 }, strange: 1 },
      ),
      'c4n4ry',
    );
    expect(faults.map(({ message }) => message)).toEqual([
      'there is no setting strange',
      'BFM_LOCK_WAIT is not usable: it is no time (a whole number and its unit are: 500ms, 2s, 10min, 1h)',
      'run.attempts is not usable: it is not a number; write a whole number from 1 to 100, without quotes',
      'pool.max_connections is not usable: it is not a whole number from 1 to 9999',
      '9_BACKEND is not usable: a connection name starts with a lower-case letter and holds only a-z, 0-9, _ and -',
      'A_BACKEND is not usable: it is none of postgresql, greptimedb, etcd',
      'B_URL is not usable: neither it nor a host is set',
      'C_BACKEND is not usable: it is none of postgresql, greptimedb, etcd; did you mean postgresql?',
      'C_DB_PORT is not usable: it is not a whole number from 1 to 65535',
      'C_DB_NAME is not usable: a host is set, and no database',
      'D_SCHEMA is not usable: PostgreSQL reserves schema names that start with pg_',
      'D_MAX_CONNECTIONS is not usable: it is not a whole number from 1 to 9999',
      'D_CONNECT_TIMEOUT is not usable: it has no unit (a whole number and its unit are: 500ms, 2s, 10min, 1h)',
      'D_POOLED is not usable: it is neither true nor false',
    ]);
    expect(faults.every(({ mend }) => mend !== '')).toBe(true);
  });

  it.each([
    [
      { pool: { max_connections: '8' } },
      'it is not a number; write a whole number from 1 to 9999, without quotes',
    ],
    [{ database: { port: 5432.5 } }, 'it is not a whole number from 1 to 65535'],
    [{ database: { password: 12345 } }, 'YAML takes it for a number; write it in quotes'],
    [{ database: { password: true } }, 'YAML takes it for true or false; write it in quotes'],
    [{ pooled: 'no' }, 'it is not true or false, the two words YAML has for it'],
    [{ schema: null }, 'it has no value; one that begins with # needs quotes'],
    [{ schema: ['a'] }, 'a single value belongs here'],
    [{ url: { a: 'b' } }, 'a single value belongs here'],
    [{ tenants: 'SELECT c4n4ry' }, 'names belong below it, and there are none'],
  ])('of bfm.yaml is told by its path: %j', (settings, reason) => {
    const connections = { core: { backend: 'postgresql', url: 'postgres://u@localhost/d', ...settings } };
    const [fault] = faultsOf(makeSources({}, { connections }), 'c4n4ry');
    expect(fault?.message).toMatch(/^connections\.core\.[a-z_.]+ is not usable: /);
    expect(fault?.message).toContain(reason);
    expect(fault?.where).toMatchObject({ file: 'bfm.yaml' });
  });

  it('names the nearest setting for one that does not exist, or where it belongs', () => {
    const core = {
      backend: 'postgresql',
      url: 'postgres://u@localhost/d',
      pol: {},
      max_connections: 1,
      password: 'c4n4ry',
    };
    expect(messagesOf(makeSources({}, { connections: { core }, conections: {} }), 'c4n4ry')).toEqual([
      'there is no setting conections; did you mean connections?',
      'there is no setting connections.core.pol; did you mean pool?',
      'there is no setting connections.core.max_connections; it belongs to pool.max_connections',
      'there is no setting connections.core.password; it belongs to database.password',
    ]);
  });

  it('does not repeat what slipped to the left of the colon', () => {
    const tree = { 'url postgres://u:c4n4ry@h/d': 1 };
    expect(messagesOf(makeSources({}, tree), 'c4n4ry')).toEqual([
      'the top of the file has a name that is no setting',
    ]);
  });

  it('lacks a backend, or an address, told where the connection is written', () => {
    const faults = faultsOf(makeSources({}, { connections: { core: { schema: 'core' }, guard: null } }));
    expect(faults.map(({ message }) => message)).toEqual([
      'connections.guard is not usable: names belong below it, and there are none',
      'connections.core.backend is not usable: it is not set',
      'connections.core.url is not usable: neither it nor a host is set',
      'connections.guard.backend is not usable: it is not set',
      'connections.guard.url is not usable: neither it nor a host is set',
    ]);
  });

  it('declares one connection twice', () => {
    expect(
      messagesOf(makeSources({ ...LOCAL, core_BACKEND: 'postgresql', core_URL: 'postgres://u@localhost/d' })),
    ).toEqual([
      'CORE_BACKEND and core_BACKEND declare the same connection: their variables have the same names',
    ]);
    const one = { backend: 'postgresql', url: 'postgres://u@localhost/d' };
    expect(messagesOf(makeSources({}, { connections: { 'a-b': one, a_b: one } }))).toEqual([
      'connections.a-b and connections.a_b declare the same connection: their variables have the same names',
    ]);
  });

  it('has a way past a pooler that nobody said is there', () => {
    expect(
      messagesOf(makeSources({ ...LOCAL, CORE_DIRECT_URL: 'postgres://u:c4n4ry@h/d' }), 'c4n4ry'),
    ).toEqual([
      'CORE_DIRECT_URL is not usable: the connection is not said to be pooled, so nothing would go that way',
    ]);
  });
});

describe('a misspelt variable', () => {
  it.each([
    ['CORE_POOLD', 'CORE_POOLED'],
    ['CORE_SCEMA', 'CORE_SCHEMA'],
    ['CORE_DB_PASSWROD', 'CORE_DB_PASSWORD'],
    ['CORE_DB_PASSWORD_FIEL', 'CORE_DB_PASSWORD_FILE'],
    ['CORE_SSL_MODE', 'CORE_SSLMODE'],
    ['CORE_DB_USER', 'CORE_DB_USERNAME'],
    ['BFM_LOCK_WIAT', 'BFM_LOCK_WAIT'],
    ['BFM_API_TOKN', 'BFM_API_TOKEN'],
  ])('%s is refused with %s', (name, wanted) => {
    expect(messagesOf(makeSources({ ...LOCAL, [name]: 'c4n4ry' }), 'c4n4ry')).toEqual([
      `${name} is no setting; did you mean ${wanted}?`,
    ]);
  });

  it.each(['CORE_BAKEND', 'CORE_BACKENDS', 'CORE_BACK_END'])('%s is one beside a URL', (name) => {
    const environment = { [name]: 'postgresql', CORE_URL: 'postgres://u:c4n4ry@h/d' };
    expect(messagesOf(makeSources(environment), 'c4n4ry')).toEqual([
      `${name} is no setting; did you mean CORE_BACKEND?`,
    ]);
  });

  it('is named when what it should be is missing', () => {
    const environment = { CORE_BACKEND: 'postgresql', CORE_ULR: 'postgres://u:c4n4ry@h/d' };
    expect(messagesOf(makeSources(environment), 'c4n4ry')).toEqual([
      'CORE_URL is not usable: neither it nor a host is set; CORE_ULR is: did you mean CORE_URL?',
    ]);
  });

  it.each([
    // What Kubernetes says of a service called core.
    ['CORE_PORT', 'tcp://10.0.0.1:5432'],
    ['CORE_SERVICE_HOST', '10.0.0.1'],
    ['CORE_SERVICE_PORT', '5432'],
    ['CORE_PORT_5432_TCP_ADDR', '10.0.0.1'],
    ['CORE_DUMPS', '/var/core'],
    ['CORE_HOST', 'x'],
    ['BFM_TEST_POSTGRES_15_URL', 'x'],
    ['CARE_POOLED', 'x'],
    ['STORAGE_BAKEND', 's3'],
  ])('is not suspected in what belongs to others: %s', (name, value) => {
    expect(oneConnection({ ...LOCAL, [name]: value }).info.name).toBe('core');
  });

  it('is not suspected beside the setting that it resembles', () => {
    expect(oneConnection({ ...LOCAL, CORE_SCHEMA: 'a', CORE_SCHEME: 'https' }).info.defaultSchema).toBe('a');
  });
});
