import { BfmError } from '@bfm/core';
import type { MigrationProcedures } from '../../../src/index.ts';

/** Who calls, in these tests. */
export interface TestCaller {
  readonly name: string;
  readonly mayChange: boolean;
}

/** What the tests' procedures know. */
export const ID = '20250101120000_create_users_postgresql_core';

const ITEM = {
  migrationId: ID,
  schema: 'core',
  version: '20250101120000',
  name: 'create_users',
  connection: 'core',
  backend: 'postgresql',
  applied: true,
};

function require(migrationId: string): void {
  if (migrationId === ID) return;
  throw new BfmError('migration.not_found', {
    message: `migration not found: ${migrationId}`,
    details: { where: { migration_id: migrationId } },
    next: 'List migrations.',
  });
}

/** Answers every method from what it was asked, so that a test sees both directions of the wire. */
export function toTestProcedures(
  own: Partial<MigrationProcedures<TestCaller>> = {},
): MigrationProcedures<TestCaller> {
  return {
    migrate: ({ target, schema, schemaName, dryRun }) =>
      Promise.resolve({
        success: true,
        applied: [`${ID} ${schema === '' ? schemaName : schema}${dryRun ? ' (dry-run)' : ''}`],
        skipped: target?.tags ?? [],
      }),
    async *streamMigrate() {
      await Promise.resolve();
      yield { migrationId: ID, status: 'running', progress: 0 };
      yield { migrationId: ID, status: 'success', progress: 100 };
    },
    migrateDown: ({ migrationId, schemas }, { caller }) => {
      require(migrationId);
      return Promise.resolve({ success: true, applied: [...schemas, caller.name] });
    },
    listMigrations: ({ status }) =>
      Promise.resolve({
        items: [{ ...ITEM, status, appliedAt: '2026-01-02T03:04:05Z', tags: ['a=b'] }],
        total: 1,
      }),
    getMigration: ({ migrationId }) => {
      require(migrationId);
      const structuredDependencies = [
        { connection: 'guard', target: '20250101110000', targetType: 'version' },
      ];
      return Promise.resolve({
        ...ITEM,
        upSql: 'CREATE',
        downSql: 'DROP',
        dependencies: ['a'],
        structuredDependencies,
      });
    },
    getMigrationStatus: ({ migrationId }) =>
      Promise.resolve({
        migrationId,
        status: migrationId === ID ? 'applied' : 'pending',
        applied: migrationId === ID,
      }),
    isMigrationApplied: ({ migrationId }) => Promise.resolve({ applied: migrationId === ID }),
    getMigrationHistory: ({ migrationId }) => {
      require(migrationId);
      const history = [{ migrationId, status: 'applied', executedBy: 'grpc_client', executionMethod: 'api' }];
      return Promise.resolve({ migrationId, history });
    },
    rollbackMigration: ({ migrationId, schemas }) => {
      require(migrationId);
      return Promise.resolve({ success: true, message: 'rolled back', errors: schemas });
    },
    reindexMigrations: () => Promise.resolve({ added: ['a'], removed: ['b'], updated: ['c'], total: 3 }),
    health: () => Promise.resolve({ status: 'healthy', checks: { executor: 'ok' } }),
    ...own,
  };
}
