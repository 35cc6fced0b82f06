import { MigrationService } from '@bfm/contract';

/** What a caller must be allowed to do for a method. `open` needs no caller at all. */
export type Access = 'open' | 'read' | 'change';

/** A method of the service, by the name that implementations give it. */
export type MethodName = keyof typeof MigrationService.method;

/** What every method asks for. A method that is not in here does not compile, and would be refused. */
export const METHOD_ACCESS = {
  migrate: 'change',
  streamMigrate: 'change',
  migrateDown: 'change',
  listMigrations: 'read',
  getMigration: 'read',
  getMigrationStatus: 'read',
  isMigrationApplied: 'read',
  getMigrationHistory: 'read',
  rollbackMigration: 'change',
  reindexMigrations: 'change',
  health: 'open',
} as const satisfies Record<MethodName, Access>;

/** The other services that the server may have, by the beginning of their paths. */
const OTHER_SERVICES: ReadonlyMap<string, Access> = new Map([
  ['/grpc.health.v1.Health/', 'open'],
  ['/grpc.reflection.v1.ServerReflection/', 'read'],
  ['/grpc.reflection.v1alpha.ServerReflection/', 'read'],
]);

const OWN_METHODS: ReadonlyMap<string, Access> = new Map(
  MigrationService.methods.map(({ name, localName }) => [
    `/${MigrationService.typeName}/${name}`,
    METHOD_ACCESS[localName as MethodName],
  ]),
);

/** What the method of a path (`/package.Service/Method`) asks for; `null` when nobody has said, which is a refusal. */
export function accessOf(path: string): Access | null {
  return OWN_METHODS.get(path) ?? OTHER_SERVICES.get(path.slice(0, path.lastIndexOf('/') + 1)) ?? null;
}
