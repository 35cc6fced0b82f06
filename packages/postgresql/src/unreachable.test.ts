import { expect, it } from 'vitest';
import { NO_ADVICE, type PostgresAddress } from './connection-address.ts';
import { toUnreachable } from './unreachable.ts';

const ADDRESS: PostgresAddress = {
  host: 'localhost',
  port: 5432,
  database: 'd',
  user: 'u',
  password: 'p',
  tls: { mode: 'disable', rootCertificates: null, client: null },
  advice: NO_ADVICE,
};

const withCode = (code: string): Error => Object.assign(new Error('said by the server'), { code });

it('tells a refused password from one that nobody gave, and which variables give it', () => {
  const refused = toUnreachable(withCode('28P01'), 'localhost', ADDRESS);
  expect(refused.message).toContain('the password was refused');
  const address = { ...ADDRESS, password: '', advice: { connections: ['app-eu'], startedBy: null } };
  const silent = new Error('SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string');
  for (const error of [withCode('28P01'), silent]) {
    const { message, next } = toUnreachable(error, 'localhost', address);
    expect(message).toContain('it wants a password, and the connection has none');
    expect(next).toMatch(/^set APP_EU_DB_PASSWORD, or APP_EU_DB_PASSWORD_FILE .* into APP_EU_URL: /);
  }
});

it('names the command that starts the server, where it is known', () => {
  const demo = { ...ADDRESS, advice: { connections: [], startedBy: 'npm start' } };
  expect(toUnreachable(withCode('ECONNREFUSED'), 'h', demo).next).toContain('start it with npm start');
  expect(toUnreachable(withCode('ECONNREFUSED'), 'h', ADDRESS).next).toContain('start the server');
  expect(toUnreachable(withCode('3D000'), 'h', demo).next).not.toContain('npm start');
});

it('repeats no password that a server repeats', () => {
  const address = { ...ADDRESS, password: 'se/cret' };
  const chatty = Object.assign(new Error('no entry for se/cret, se%2Fcret'), { code: '28000' });
  expect(toUnreachable(chatty, 'h', address).message).toContain('no entry for ***, ***');
});
