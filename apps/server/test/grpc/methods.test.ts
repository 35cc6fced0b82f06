import { makeCertificateAuthority } from '@bfm/testing';
import { credentials, status } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { ID } from './support/procedures.ts';
import { readAll, refusalOf, useClient } from './support/use-client.ts';
import { useGrpcServer } from './support/use-grpc-server.ts';

const authority = makeCertificateAuthority('BFM tests');
const pair = authority.issue({ commonName: 'server', hosts: ['localhost'] });
const root = Buffer.from(authority.certificate);
const TLS = { key: Buffer.from(pair.key), certificate: Buffer.from(pair.certificate), clientAuthority: null };
const TRANSPORTS = [
  { transport: 'h2c', tls: null, clientCredentials: credentials.createInsecure() },
  { transport: 'TLS', tls: TLS, clientCredentials: credentials.createSsl(root) },
] as const;

/** A request to each unary method, and what has to come back, by the names of the .proto file. */
const CALLS = [
  {
    method: 'Migrate',
    request: { target: { tags: ['a=b', 'c=d'] }, connection: 'core', schema_name: 'tenant_a', dry_run: true },
    answer: { success: true, applied: [`${ID} tenant_a (dry-run)`], skipped: ['a=b', 'c=d'], errors: [] },
  },
  {
    method: 'MigrateDown',
    request: { migration_id: ID, schemas: ['é☃'] },
    answer: { success: true, applied: ['é☃', 'ada'], skipped: [], errors: [] },
  },
  {
    method: 'ListMigrations',
    request: { status: 'applied' },
    answer: {
      items: [
        {
          migration_id: ID,
          schema: 'core',
          table: '',
          version: '20250101120000',
          name: 'create_users',
          connection: 'core',
          backend: 'postgresql',
          applied: true,
          status: 'applied',
          applied_at: '2026-01-02T03:04:05Z',
          error_message: '',
          tags: ['a=b'],
        },
      ],
      total: 1,
    },
  },
  {
    method: 'GetMigration',
    request: { migration_id: ID },
    answer: {
      migration_id: ID,
      schema: 'core',
      table: '',
      version: '20250101120000',
      name: 'create_users',
      connection: 'core',
      backend: 'postgresql',
      applied: true,
      up_sql: 'CREATE',
      down_sql: 'DROP',
      dependencies: ['a'],
      structured_dependencies: [
        {
          connection: 'guard',
          schema: '',
          target: '20250101110000',
          target_type: 'version',
          requires_table: '',
          requires_schema: '',
        },
      ],
      tags: [],
    },
  },
  {
    method: 'GetMigrationStatus',
    request: { migration_id: ID },
    answer: { migration_id: ID, status: 'applied', applied: true, applied_at: '', error_message: '' },
  },
  { method: 'IsMigrationApplied', request: { migration_id: ID }, answer: { applied: true } },
  {
    method: 'GetMigrationHistory',
    request: { migration_id: ID },
    answer: {
      migration_id: ID,
      history: [
        {
          migration_id: ID,
          schema: '',
          table: '',
          version: '',
          connection: '',
          backend: '',
          applied_at: '',
          status: 'applied',
          error_message: '',
          executed_by: 'grpc_client',
          execution_method: 'api',
          execution_context: '',
        },
      ],
    },
  },
  {
    method: 'RollbackMigration',
    request: { migration_id: ID, schemas: ['a', 'b'] },
    answer: { success: true, message: 'rolled back', errors: ['a', 'b'] },
  },
  {
    method: 'ReindexMigrations',
    request: {},
    answer: { added: ['a'], removed: ['b'], updated: ['c'], total: 3 },
  },
  { method: 'Health', request: {}, answer: { status: 'healthy', checks: { executor: 'ok' } } },
] as const;

describe.each(TRANSPORTS)('over $transport, somebody else’s client', ({ tls, clientCredentials }) => {
  it.each(CALLS)('gets the answer of $method', async ({ method, request, answer }) => {
    const { server, faults } = await useGrpcServer({ tls });
    const { call } = useClient(server.port, { credentials: clientCredentials });
    expect(await call(method, request)).toEqual(answer);
    expect(faults).toEqual([]);
  });

  it('gets the progress of StreamMigrate, message by message, and an end that is OK', async () => {
    const { server } = await useGrpcServer({ tls });
    const { stream } = useClient(server.port, { credentials: clientCredentials });
    expect(await readAll(stream())).toEqual({
      messages: [
        { migration_id: ID, status: 'running', message: '', progress: 0 },
        { migration_id: ID, status: 'success', message: '', progress: 100 },
      ],
      error: null,
    });
  });

  it('is refused in words what the procedure refuses', async () => {
    const { server, faults } = await useGrpcServer({ tls });
    const { call } = useClient(server.port, { credentials: clientCredentials });
    const { code, details } = await refusalOf(call('GetMigration', { migration_id: 'x' }));
    expect({ code, details }).toEqual({ code: status.NOT_FOUND, details: 'migration not found: x' });
    expect(faults).toEqual([]);
  });
});

it('refuses clear text where it speaks TLS', async () => {
  const { server } = await useGrpcServer({ tls: TLS });
  expect((await refusalOf(useClient(server.port).call('Health'))).code).toBe(status.UNAVAILABLE);
});

it('asks clients for a certificate of the authority it was given, and takes no other', async () => {
  const { server } = await useGrpcServer({ tls: { ...TLS, clientAuthority: root } });
  const own = authority.issue({ commonName: 'client', hosts: [] });
  const known = credentials.createSsl(root, Buffer.from(own.key), Buffer.from(own.certificate));
  expect(await useClient(server.port, { credentials: known }).call('IsMigrationApplied', {})).toEqual({
    applied: false,
  });
  const stranger = makeCertificateAuthority('Somebody else').issue({ commonName: 'client', hosts: [] });
  const unknown = credentials.createSsl(root, Buffer.from(stranger.key), Buffer.from(stranger.certificate));
  const refused = [unknown, credentials.createSsl(root)].map((each) =>
    refusalOf(useClient(server.port, { credentials: each }).call('IsMigrationApplied', {})),
  );
  expect((await Promise.all(refused)).map(({ code }) => code)).toEqual([
    status.UNAVAILABLE,
    status.UNAVAILABLE,
  ]);
});
