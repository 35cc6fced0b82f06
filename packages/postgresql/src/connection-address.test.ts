import { expect, it } from 'vitest';
import { describeAddress } from './connection-address.ts';

it('tells where a database is, and neither who logs in nor with what', () => {
  const tls = { mode: 'disable', rootCertificates: null, client: null } as const;
  const address = { port: 5433, database: 'd', user: 'c4n4ry', password: 'c4n4ry', tls };
  expect(describeAddress({ ...address, host: '::1' })).toBe('[::1]:5433/d');
  expect(describeAddress({ ...address, host: 'db.example' })).toBe('db.example:5433/d');
});
