import { describe, expect, it } from 'vitest';
import { describeAddress, parsePostgresUrl } from './connection-address.ts';

describe('reading a PostgreSQL URL', () => {
  it('reads every part, with escapes', () => {
    expect(
      parsePostgresUrl('postgres://us%40er:p%3A%2F%23%25w@db.example:6432/my%20db?sslmode=require', 'X_URL'),
    ).toEqual({
      host: 'db.example',
      port: 6432,
      database: 'my db',
      user: 'us@er',
      password: 'p:/#%w',
      tls: 'require',
    });
  });

  it('verifies TLS for other machines and does without on this one, unless told', () => {
    expect(parsePostgresUrl('postgres://u@db.example/d', 'X_URL').tls).toBe('verify-full');
    expect(parsePostgresUrl('postgres://u@127.0.0.1/d', 'X_URL').tls).toBe('disable');
    expect(parsePostgresUrl('postgres://u@[::1]/d', 'X_URL').tls).toBe('disable');
    expect(parsePostgresUrl('postgresql://u@localhost/d?sslmode=verify-full', 'X_URL').tls).toBe(
      'verify-full',
    );
  });

  it.each([
    ['mysql://u@h/d', 'not a URL of the form'],
    ['nonsense', 'not a URL of the form'],
    ['postgres://u@h', 'names no database'],
    ['postgres://h/d', 'names no user'],
    ['postgres://u@h/d?sslmode=prefer', 'sslmode "prefer" is none of'],
    ['postgres://u@h/d?sslrootcert=/etc/passwd', 'sslrootcert is not allowed'],
    ['postgres://u@h/d?options=-c%20x', 'options is not allowed'],
    ['postgres://u:%zz@h/d', 'starts no valid escape'],
  ])('refuses %s', (url, reason) => {
    expect(() => parsePostgresUrl(url, 'X_URL')).toThrow(reason);
  });

  it('shows neither the URL nor the password in what it refuses, nor in what it describes', () => {
    const secret = 'c4n4ry';
    for (const url of [
      `mysql://u:${secret}@h/d`,
      `postgres://u:${secret}%zz@h/d`,
      `postgres://u:${secret}@h/d?bad=1`,
    ]) {
      expect(messageOf(() => parsePostgresUrl(url, 'X_URL'))).not.toContain(secret);
    }
    expect(describeAddress(parsePostgresUrl(`postgres://u:${secret}@[::1]:5433/d`, 'X_URL'))).toBe(
      '[::1]:5433/d',
    );
  });
});

function messageOf(work: () => unknown): string {
  try {
    work();
    return 'nothing was refused';
  } catch (error) {
    return JSON.stringify(error, Object.getOwnPropertyNames(error));
  }
}
