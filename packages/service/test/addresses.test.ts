import { fc } from '@bfm/testing';
import { describe, expect, it } from 'vitest';
import { parseConfiguration } from '@bfm/service';
import { faultsOf, makeSources, messagesOf, oneConnection } from './make-sources.ts';

const SECRET = 'c4n4ry';
const CERTIFICATE = '-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n';
const KEY = '-----BEGIN PRIVATE KEY-----\nc4n4ry\n-----END PRIVATE KEY-----\n';
const FILES = {
  '/ca': CERTIFICATE,
  '/cert': CERTIFICATE,
  '/key': KEY,
  '/locked': '-----BEGIN ENCRYPTED PRIVATE KEY-----\nc4n4ry\n-----END ENCRYPTED PRIVATE KEY-----\n',
};

/** The environment of a connection with this URL. */
function urlOf(url: string, more: Readonly<Record<string, string>> = {}): Record<string, string> {
  return { X_BACKEND: 'postgresql', X_URL: url, ...more };
}

/** Where a connection with this URL leads. */
function addressOf(url: string, more: Readonly<Record<string, string>> = {}): unknown {
  return oneConnection(urlOf(url, more), null, FILES).address;
}

describe('a PostgreSQL URL', () => {
  it('is read in every part, with escapes', () => {
    expect(addressOf('postgres://us%40er:p%3A%2F%23%25w@db.example:6432/my%20db?sslmode=require')).toEqual({
      kind: 'postgresql',
      host: 'db.example',
      port: 6432,
      database: 'my db',
      user: 'us@er',
      password: 'p:/#%w',
      tls: { mode: 'require', rootCertificates: null, client: null },
    });
  });

  it('may name a socket, an IPv6 address, or hold raw @ and : in its password', () => {
    expect(addressOf('postgres://u@%2Frun%2Fpostgresql/d')).toMatchObject({ host: '/run/postgresql' });
    expect(addressOf('postgres://u@/d?host=/run/postgresql')).toMatchObject({ host: '/run/postgresql' });
    expect(addressOf('postgresql://u@[::1]:5433/d')).toMatchObject({ host: '::1', port: 5433 });
    expect(addressOf('postgres://u:a@b:c@localhost/d')).toMatchObject({
      password: 'a@b:c',
      host: 'localhost',
    });
  });

  it('gives back any user, password and database that were escaped', () => {
    const text = fc.string({ unit: 'binary', minLength: 1 }).filter((value) => !value.includes('\0'));
    fc.assert(
      fc.property(text, text, text, (user, password, database) => {
        const [u, p, d] = [user, password, database].map(encodeURIComponent);
        expect(addressOf(`postgres://${u}:${p}@localhost/${d}`)).toMatchObject({ user, password, database });
      }),
    );
  });

  it.each([
    [`mysql://u:${SECRET}@h/d`, 'not a URL of the form postgres://'],
    [SECRET, 'not a URL of the form postgres://'],
    [`host=h password=${SECRET}`, 'not a URL of the form postgres://'],
    [` postgres://u:${SECRET}@h/d`, 'not a URL of the form'],
    [`postgres://u:${SECRET}@h/d `, 'white space'],
    [`postgres://u:${SECRET}@h/d\nx`, 'a line break or a tab stands inside it'],
    [`postgres://u:${SECRET}@h`, 'names no database'],
    [`postgres://h/d`, 'names no user'],
    [`postgres://u:${SECRET}@/d`, 'names no host'],
    [`postgres://u:${SECRET}@h:0/d`, 'port is not a number from 1 to 65535'],
    [`postgres://u:${SECRET}@h:65536/d`, 'port is not a number from 1 to 65535'],
    [`postgres://u:${SECRET}@h:80a/d`, 'port is not a number from 1 to 65535'],
    [`postgres://u:${SECRET}@h1:1,h2:2/d`, 'names several hosts'],
    [`postgres://u:${SECRET}%zz@h/d`, 'write %25 for a percent sign'],
    [`postgres://u:${SECRET}%@h/d`, 'write %25 for a percent sign'],
    [`postgres://u:${SECRET}/@h/d`, 'write / as %2F, # as %23, ? as %3F'],
    [`postgres://u:a/${SECRET}@h/d`, 'write / as %2F, # as %23, ? as %3F'],
    [`postgres://u:a#${SECRET}@h/d`, 'write / as %2F, # as %23, ? as %3F'],
    [`postgres://u:a?${SECRET}@h/d`, 'write / as %2F, # as %23, ? as %3F'],
    [`postgres://u:a@b/${SECRET}@h/d`, 'write / as %2F, # as %23, ? as %3F'],
    [`postgres://u:5/${SECRET}@h/d`, 'write / as %2F, # as %23, ? as %3F'],
    [`postgres://u:${SECRET}@h/d/e`, 'a / follows the database'],
    [`postgres://u:${SECRET}@h/d#e`, 'a # follows its end'],
    [
      `postgres://u:${SECRET}@h/d?sslmod=require`,
      'none of the parameters BFM knows (sslmode, sslrootcert, sslcert, sslkey, host); did you mean sslmode?',
    ],
    [`postgres://u:${SECRET}@h/d?sslmode=require&sslmode=disable`, 'says sslmode twice'],
    [`postgres://u@h/d?password=${SECRET}`, 'write it before the host'],
    [`postgres://u@h/d?options=-c%20x=${SECRET}`, 'BFM sets what its sessions need'],
    [`postgres://u@h/d?pgbouncer=true`, 'set X_POOLED=true instead'],
    [`postgres://u:${SECRET}@h/d?sslmode=prefer`, 'prefer would go on unencrypted without a word'],
    [`postgres://u:${SECRET}@h/d?sslmode=verify_full`, 'did you mean verify-full?'],
    [`postgres://u:${SECRET}%00@h/d`, 'holds a NUL'],
  ])('is refused without being shown: %s', (url, reason) => {
    const [message, ...more] = messagesOf(makeSources(urlOf(url)), SECRET);
    expect(more).toEqual([]);
    expect(message).toMatch(/^X_URL is not usable: /);
    expect(message).toContain(reason);
  });

  it('of a file or a direct way is held back in the same way', () => {
    const bad = `postgres://u:a/${SECRET}@h/d`;
    const fromFile = { X_BACKEND: 'postgresql', X_URL_FILE: '/url' };
    expect(messagesOf(makeSources(fromFile, null, { '/url': bad }), SECRET)[0]).toMatch(/^X_URL_FILE is not/);
    const direct = urlOf('postgres://u@h/d', { X_POOLED: 'true', X_DIRECT_URL: bad });
    expect(messagesOf(makeSources(direct), SECRET)[0]).toMatch(/^X_DIRECT_URL is not usable/);
  });

  it('tells everything that is wrong with it at once', () => {
    expect(messagesOf(makeSources(urlOf(`postgres://u%zz:${SECRET}@/d/?a=1&b=2`)), SECRET)).toHaveLength(5);
  });

  it('never lets its password out, whatever is wrong with it', () => {
    const noise = fc.string({ unit: fc.constantFrom(...Array.from('/?#@:%&=[] \\"\'ab1')), maxLength: 6 });
    const url = fc
      .tuple(fc.constantFrom('postgres://', 'postgresql://', 'postgres:/', ''), noise, noise, noise)
      .map(([scheme, a, b, c]) => `${scheme}u${a}:${b}${SECRET}${c}@h/d`);
    fc.assert(
      fc.property(url, (text) => {
        try {
          parseConfiguration(makeSources(urlOf(text)));
        } catch (error) {
          expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(SECRET);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('the parts of an address', () => {
  const parts = { X_BACKEND: 'postgresql', X_DB_NAME: 'd', X_DB_USERNAME: 'u', X_DB_PASSWORD: SECRET };

  it.each(['db.example', '127.0.0.1', '::1', '/run/postgresql'])('take %s for a host', (host) => {
    expect(oneConnection({ ...parts, X_DB_HOST: host }).address).toMatchObject({ host, password: SECRET });
  });

  it.each([
    ['localhost:5432', 'holds a port'],
    [`postgres://u:${SECRET}@h/d`, 'a host name, an IP address'],
    ['a b', 'a host name, an IP address'],
    ['a,b', 'a host name, an IP address'],
  ])('refuse %s', (host, reason) => {
    expect(messagesOf(makeSources({ ...parts, X_DB_HOST: host }), SECRET)[0]).toContain(reason);
  });
});

describe('TLS', () => {
  const modeOf = (host: string, more: Readonly<Record<string, string>> = {}, query = ''): unknown =>
    oneConnection(urlOf(`postgres://u@${host}/d${query}`, more), null, FILES).address;
  const mode = (value: string): object => ({ tls: { mode: value } });

  it('is verified in full for other machines and left out on this one', () => {
    for (const host of ['localhost', '127.0.0.1', '127.8.9.1', '[::1]', '%2Frun']) {
      expect(modeOf(host)).toMatchObject(mode('disable'));
    }
    for (const host of [
      'db.example',
      '10.0.0.1',
      '127.evil.example',
      'localhost.example',
      '[::2]',
      '127.0.0.1.x',
    ]) {
      expect(modeOf(host)).toMatchObject(mode('verify-full'));
    }
  });

  it.each(['disable', 'require', 'verify-ca', 'verify-full'])(
    'is %s when told so, in the URL or beside it',
    (word) => {
      expect(modeOf('db.example', { X_SSLMODE: word })).toMatchObject(mode(word));
      expect(modeOf('db.example', {}, `?sslmode=${word}`)).toMatchObject(mode(word));
      expect(modeOf('localhost', { X_SSLMODE: word }, `?sslmode=${word}`)).toMatchObject(mode(word));
      const tree = {
        connections: { x: { backend: 'postgresql', url: 'postgres://u@h/d', tls: { mode: word } } },
      };
      expect(oneConnection({}, tree).address).toMatchObject(mode(word));
    },
  );

  it('brings what its files hold', () => {
    const more = { X_SSLROOTCERT: '/ca', X_SSLCERT: '/cert', X_SSLKEY: '/key' };
    const tls = {
      mode: 'verify-full',
      rootCertificates: CERTIFICATE,
      client: { certificate: CERTIFICATE, key: KEY },
    };
    expect(modeOf('db.example', more)).toMatchObject({ tls });
    expect(modeOf('db.example', {}, '?sslrootcert=/ca&sslcert=/cert&sslkey=/key')).toMatchObject({ tls });
    expect(modeOf('localhost', { X_SSLROOTCERT: '/ca' })).toMatchObject(mode('verify-full'));
    expect(modeOf('db.example', { X_SSLROOTCERT: 'system' })).toMatchObject({
      tls: { rootCertificates: 'system' },
    });
  });

  it('means what libpq means: a named root certificate is used, and a socket has no TLS', () => {
    expect(modeOf('db.example', { X_SSLROOTCERT: '/ca', X_SSLMODE: 'require' })).toMatchObject(
      mode('verify-ca'),
    );
    expect(modeOf('%2Frun', { X_SSLMODE: 'verify-full' })).toMatchObject(mode('disable'));
  });

  it.each([
    [{ X_SSLMODE: 'no-verify' }, 'X_SSLMODE', 'what node-postgres calls no-verify is require'],
    [{ X_SSLMODE: 'disable', X_SSLROOTCERT: '/ca' }, 'X_SSLROOTCERT', 'no certificate is used'],
    [
      { X_SSLMODE: 'verify-ca', X_SSLROOTCERT: 'system' },
      'X_SSLROOTCERT',
      'system goes with verify-full only',
    ],
    [{ X_SSLROOTCERT: '/none' }, 'X_SSLROOTCERT', 'does not exist'],
    [{ X_SSLROOTCERT: '/key' }, 'X_SSLROOTCERT', 'holds no CERTIFICATE in PEM'],
    [{ X_SSLCERT: '/cert' }, 'X_SSLCERT', 'a certificate is named without its key'],
    [{ X_SSLKEY: '/key' }, 'X_SSLKEY', 'a key is named without its certificate'],
    [{ X_SSLCERT: '/cert', X_SSLKEY: '/ca' }, 'X_SSLKEY', 'holds no PRIVATE KEY in PEM'],
    [{ X_SSLCERT: '/cert', X_SSLKEY: '/locked' }, 'X_SSLKEY', 'the key is encrypted'],
  ])('is refused: %j', (more, variable, reason) => {
    const [message, ...others] = messagesOf(
      makeSources(urlOf('postgres://u@h/d', more), null, FILES),
      SECRET,
    );
    expect(others).toEqual([]);
    expect(message?.startsWith(`${variable} is not usable: `)).toBe(true);
    expect(message).toContain(reason);
  });

  it('is refused when the URL and a setting disagree', () => {
    const faults = faultsOf(makeSources(urlOf('postgres://u@h/d?sslmode=require', { X_SSLMODE: 'disable' })));
    expect(faults.map(({ message }) => message)).toEqual([
      'X_SSLMODE is not usable: sslmode in X_URL says something else',
    ]);
  });

  it('that is weaker than in full is warned of, to other machines', () => {
    const warningsOf = (url: string): readonly string[] =>
      parseConfiguration(makeSources(urlOf(url))).warnings;
    expect(warningsOf('postgres://u@h/d?sslmode=disable')).toEqual([
      'connection x: what is said to h is not encrypted (sslmode disable)',
    ]);
    expect(warningsOf('postgres://u@h/d?sslmode=require')).toHaveLength(1);
    expect(warningsOf('postgres://u@h/d?sslmode=verify-ca')).toHaveLength(1);
    expect(warningsOf('postgres://u@h/d')).toEqual([]);
    expect(warningsOf('postgres://u@localhost/d')).toEqual([]);
  });
});
