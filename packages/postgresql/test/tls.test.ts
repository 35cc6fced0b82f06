import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isBfmError, NO_FAILPOINTS } from '@bfm/core';
import { bundledBinaries, startEmbeddedPostgres, type EmbeddedPostgres } from '@bfm/embedded';
import { DEFAULT_POOL_LIMITS, PostgresStore, type PostgresAddress, type PostgresTls } from '@bfm/postgresql';
import { makeCertificateAuthority, until, type IssuedCertificate } from '@bfm/testing';
import { realTime, testAddress } from './make-store.ts';

const authority = makeCertificateAuthority('BFM tests');
const stranger = makeCertificateAuthority('Somebody else');
const day = (offset: number): Date => new Date(Date.now() + offset * 86_400_000);

const ours = authority.issue({ commonName: 'server', hosts: ['localhost', '127.0.0.1'] });
const elsewhere = authority.issue({ commonName: 'localhost', hosts: ['db.example', '10.1.2.3'] });
const expired = authority.issue({
  commonName: 'server',
  hosts: ['localhost'],
  notBefore: day(-20),
  notAfter: day(-10),
});
const early = authority.issue({
  commonName: 'server',
  hosts: ['localhost'],
  notBefore: day(10),
  notAfter: day(20),
});

const PLAIN: PostgresTls = { mode: 'disable', rootCertificates: null, client: null };
const FULL: PostgresTls = { ...PLAIN, mode: 'verify-full', rootCertificates: authority.certificate };

let server: EmbeddedPostgres;

/** Runs SQL as the superuser, without TLS. */
async function sql(text: string, values?: readonly unknown[]): Promise<readonly Record<string, unknown>[]> {
  const client = new Client({ connectionString: server.url(), ssl: false });
  await client.connect();
  try {
    const result = await client.query<Record<string, unknown>>(
      text,
      values === undefined ? undefined : [...values],
    );
    return result.rows;
  } finally {
    await client.end();
  }
}

/** The server writes its own files, so that they are its own whoever runs the test. */
async function writeServerFile(name: string, content: string): Promise<void> {
  await sql('CREATE TABLE IF NOT EXISTS file_lines (place int GENERATED ALWAYS AS IDENTITY, line text)');
  await sql('TRUNCATE file_lines');
  await sql('INSERT INTO file_lines (line) SELECT unnest($1::text[])', [content.trimEnd().split('\n')]);
  await sql(`COPY (SELECT line FROM file_lines ORDER BY place) TO PROGRAM 'umask 077; cat > ${name}'`);
}

async function reload(settings: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, value] of Object.entries(settings)) await sql(`ALTER SYSTEM SET ${name} = '${value}'`);
  await sql('SELECT pg_reload_conf()');
}

let generation = 0;

/** Serves this certificate from now on. */
async function serve(certificate: IssuedCertificate): Promise<void> {
  generation += 1;
  await writeServerFile(`server${generation}.crt`, certificate.certificate);
  await writeServerFile(`server${generation}.key`, certificate.key);
  const name = `server${generation}.crt`;
  await reload({ ssl: 'on', ssl_cert_file: name, ssl_key_file: `server${generation}.key` });
  await until(async () => (await sql('SHOW ssl_cert_file'))[0]?.['ssl_cert_file'] === name, {
    what: 'the server to serve another certificate',
  });
}

/** Whether the session was encrypted, or the code and text of why there is none. */
async function attempt(tls: PostgresTls, more: Partial<PostgresAddress> = {}): Promise<string> {
  const store = new PostgresStore({
    address: { ...testAddress(server.url()), host: 'localhost', tls, ...more },
    pooler: null,
    limits: DEFAULT_POOL_LIMITS,
    ...realTime,
    pid: process.pid,
    uniqueId: () => 'x',
    failpoints: NO_FAILPOINTS,
  });
  try {
    const [answer] = await store.querySchemas(
      'SELECT ssl::text FROM pg_catalog.pg_stat_ssl WHERE pid = pg_catalog.pg_backend_pid()',
    );
    return answer === 'true' ? 'encrypted' : 'plain';
  } catch (error) {
    if (!isBfmError(error)) throw error;
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(server.password);
    return `${error.code}: ${error.message.replace(/^.*?PostgreSQL at \S+: /, '')} -> ${error.next ?? ''}`;
  } finally {
    await store.close();
  }
}

beforeAll(async () => {
  server = await startEmbeddedPostgres({
    binaries: await bundledBinaries(),
    storage: { kind: 'ephemeral' },
    settings: { fsync: 'off' },
    stopGraceSeconds: 5,
  });
}, 120_000);

afterAll(() => server.stop());

describe('TLS to a server without it', () => {
  it.each(['require', 'verify-ca', 'verify-full'] as const)(
    'is refused under %s, never given up',
    async (mode) => {
      expect(await attempt({ ...FULL, mode })).toBe(
        'target.unreachable: it offers no TLS -> turn ssl on in the server; or, where nobody else is on the network, set {CONN}_SSLMODE=disable',
      );
    },
  );

  it('is left out under disable', async () => {
    expect(await attempt(PLAIN)).toBe('plain');
  });

  it('is told from something that is no PostgreSQL', async () => {
    const stray = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.write('SSH-2.0-x\r\n');
    }).listen(0, '127.0.0.1');
    await once(stray, 'listening');
    const { port } = stray.address() as AddressInfo;
    expect(await attempt(FULL, { port, host: '127.0.0.1' })).toContain(
      'does not speak the protocol of PostgreSQL',
    );
    stray.close();
  });
});

describe('TLS to a server whose certificate is good', () => {
  beforeAll(() => serve(ours));

  it.each(['require', 'verify-ca', 'verify-full'] as const)('encrypts under %s', async (mode) => {
    expect(await attempt({ ...FULL, mode })).toBe('encrypted');
  });

  it('takes an IP address that the certificate names', async () => {
    expect(await attempt(FULL, { host: '127.0.0.1' })).toBe('encrypted');
  });

  it.each([
    ['another authority', stranger.certificate],
    ['those of Node', null],
    ['those of the system', 'system'],
  ])('refuses it when it knows %s only, and takes it under require', async (_what, rootCertificates) => {
    for (const mode of ['verify-ca', 'verify-full'] as const) {
      expect(await attempt({ ...FULL, mode, rootCertificates })).toBe(
        'target.unreachable: its TLS certificate is signed by somebody unknown here -> set {CONN}_SSLROOTCERT to the file with the certificates that sign the server, or to system for those of this machine',
      );
    }
    expect(await attempt({ ...FULL, mode: 'require', rootCertificates })).toBe('encrypted');
  });

  it('says so when its files are no certificates', async () => {
    const broken = '-----BEGIN CERTIFICATE-----\nbroken\n-----END CERTIFICATE-----\n';
    const client = { certificate: broken, key: ours.key };
    expect(await attempt({ ...FULL, client })).toMatch(
      /^target\.unreachable: TLS failed: .* -> check \{CONN\}_SSLMODE/,
    );
  });
});

describe('TLS to a server whose certificate is for another host', () => {
  beforeAll(() => serve(elsewhere));

  it('is refused under verify-full, also when the name stands where it used to', async () => {
    for (const host of ['localhost', '127.0.0.1']) {
      expect(await attempt(FULL, { host })).toBe(
        'target.unreachable: its TLS certificate is for another host: DNS:db.example, IP Address:10.1.2.3 -> use a host that the certificate names; {CONN}_SSLMODE=verify-ca does without its name',
      );
    }
  });

  it('is taken under verify-ca, which does not look at names, unlike in node-postgres', async () => {
    expect(await attempt({ ...FULL, mode: 'verify-ca' })).toBe('encrypted');
  });
});

describe('TLS to a server whose certificate is out of time', () => {
  it.each([
    ['has expired', expired],
    ['is not valid yet', early],
  ])('is refused: %s', async (reason, certificate) => {
    await serve(certificate);
    for (const mode of ['verify-ca', 'verify-full'] as const) {
      expect(await attempt({ ...FULL, mode })).toContain(
        `target.unreachable: its TLS certificate ${reason} -> `,
      );
    }
    expect(await attempt({ ...FULL, mode: 'require' })).toBe('encrypted');
  });
});

describe('a server that wants certificates', () => {
  const mine = authority.issue({ commonName: 'postgres' });

  beforeAll(async () => {
    await writeServerFile('clients.crt', authority.certificate);
    await serve(ours);
    await reload({ ssl_ca_file: 'clients.crt' });
    // Only a database of its own asks for one: the test itself goes on without.
    await sql('CREATE DATABASE tlsonly');
    await writeServerFile(
      'hba.conf',
      [
        'hostssl tlsonly all 127.0.0.1/32 scram-sha-256 clientcert=verify-full',
        'hostnossl tlsonly all 127.0.0.1/32 reject',
        'host all all 127.0.0.1/32 scram-sha-256',
      ].join('\n'),
    );
    await sql("COPY (SELECT 1) TO PROGRAM 'cat hba.conf > pg_hba.conf'");
    await reload({});
    await until(async () => (await sql('SELECT count(*)::int AS n FROM pg_hba_file_rules'))[0]?.['n'] === 3, {
      what: 'the server to read pg_hba.conf',
    });
  });

  it('gets ours', async () => {
    const client = { certificate: mine.certificate, key: mine.key };
    expect(await attempt({ ...FULL, client }, { database: 'tlsonly' })).toBe('encrypted');
  });

  it('is told from one that refuses the login', async () => {
    expect(await attempt(FULL, { database: 'tlsonly' })).toBe(
      'target.unreachable: it wants a TLS certificate from us -> set {CONN}_SSLCERT and {CONN}_SSLKEY',
    );
  });

  it('and lets nobody in without TLS, which is said as such', async () => {
    expect(await attempt(PLAIN, { database: 'tlsonly' })).toContain(
      'the login was refused without TLS -> set {CONN}_SSLMODE=verify-full',
    );
  });
});
