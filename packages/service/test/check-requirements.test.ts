import { makePlanRequest, parseSchemaName, type SchemaName } from '@bfm/core';
import type { MigrationDraft, RequiredObject, TargetStore } from '@bfm/engine';
import { planMigrations } from '@bfm/service';
import { makeDraft, MemoryStore } from '@bfm/testing';
import { expect, it } from 'vitest';
import { makeContext } from './make-context.ts';

const TENANTS = Array.from({ length: 300 }, (_, index) => schemaName(`t${index}`));
const request = makePlanRequest({ schemas: TENANTS });

function schemaName(text: string): SchemaName {
  const result = parseSchemaName(text);
  if (!result.ok) throw new Error(result.reason);
  return result.name;
}

function table(name: string, schema: string | null = null): MigrationDraft['requires']['tables'][number] {
  return { schema: schema === null ? null : schemaName(schema), table: name };
}

/** A dynamic migration with requirements, on a store where only some things are. */
function world(
  requires: MigrationDraft['requires'],
  isThere: (object: RequiredObject) => boolean,
): { readonly plan: () => Promise<unknown>; readonly asked: RequiredObject[][] } {
  const asked: RequiredObject[][] = [];
  const store: TargetStore = new MemoryStore();
  store.missingRequirements = (required) => {
    asked.push([...required]);
    return Promise.resolve(required.filter((object) => !isThere(object)));
  };
  const draft = { ...makeDraft({ version: '20250101000001', name: 'alerts', schema: null }), requires };
  const context = makeContext([draft], { storeOf: () => store });
  return { plan: () => planMigrations(request, context), asked };
}

it('asks a database once for all tenants, and for what they share only once', async () => {
  const requires = { tables: [table('orgs', 'core'), table('users')], schemas: ['audit'] };
  const { plan, asked } = world(requires, () => true);
  await plan();
  expect(asked).toHaveLength(1);
  expect(asked[0]).toHaveLength(2 + TENANTS.length);
  expect(asked[0]).toContainEqual({ schema: 'core', table: 'orgs' });
  expect(asked[0]).toContainEqual({ schema: 't7', table: 'users' });
  expect(asked[0]).toContainEqual({ schema: 'audit', table: null });
});

it('names what is missing for each tenant that misses it, and runs nothing', async () => {
  const { plan } = world({ tables: [table('users')], schemas: [] }, ({ schema }) => schema !== 't7');
  await expect(plan()).rejects.toMatchObject({
    code: 'requirement.unmet',
    message:
      '20250101000001_alerts_postgresql_app requires t7.users, which does not exist (app/t7); nothing was run',
    details: { faults: [{ where: { schema: 't7' } }] },
  });
  const shared = world({ tables: [], schemas: ['audit'] }, () => false);
  await expect(shared.plan()).rejects.toMatchObject({ details: { faults: { length: TENANTS.length } } });
});

it('asks nothing when nothing is required', async () => {
  const { plan, asked } = world({ tables: [], schemas: [] }, () => false);
  await plan();
  expect(asked).toEqual([]);
});
