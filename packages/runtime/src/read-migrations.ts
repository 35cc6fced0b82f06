import { isBfmError, STATE_CONNECTION, type ConnectionName, type Fault, type SchemaName } from '@bfm/core';
import type { ConnectionSettings } from '@bfm/service';
import { FILE_BYTES_MAX_DEFAULT, loadSource, type LoadedSource } from '@bfm/source';
import type { ScriptCheck } from './script-check.ts';

/** How migrations are read. */
export interface MigrationReading {
  readonly connections: readonly ConnectionSettings[];
  /** The largest file that is read, in bytes; `null`: as usual. */
  readonly fileBytesMax: number | null;
  /** Gives others a turn, every few dozen files; `null`: nobody waits. */
  readonly pause: (() => Promise<void>) | null;
  /** Leaves out as faulty what cannot be compiled, too; `null`: that shows when it is planned. */
  readonly check: ScriptCheck | null;
}

/**
 * Reads a folder of migrations as these connections run them.
 *
 * @throws {source.missing} {source.unreadable}
 */
export async function readMigrations(root: string, reading: MigrationReading): Promise<LoadedSource> {
  const { connections, fileBytesMax, pause, check } = reading;
  const loaded = await loadSource({
    root,
    defaultSchemas: defaultSchemasOf(connections),
    fileBytesMax: fileBytesMax ?? FILE_BYTES_MAX_DEFAULT,
    isState: connections.some(({ info }) => info.name === STATE_CONNECTION),
    ...(pause === null ? {} : { pause }),
    ...(check === null ? {} : { examine: check.faultsOf }),
  });
  check?.turn();
  return loaded;
}

/** The faults of files that show without knowing any connection; none when there is no such folder. */
export async function readFileFaults(root: string): Promise<readonly Fault[]> {
  try {
    const { faults } = await loadSource({ root, defaultSchemas: new Map() });
    // Which migrations are dynamic is not known.
    return faults.filter(({ code }) => !code.startsWith('dependency.'));
  } catch (error) {
    if (isBfmError(error)) return [];
    throw error;
  }
}

function defaultSchemasOf(
  connections: readonly ConnectionSettings[],
): ReadonlyMap<ConnectionName, SchemaName> {
  return new Map(
    connections.flatMap(({ info }) =>
      info.defaultSchema === null ? [] : [[info.name, info.defaultSchema] as const],
    ),
  );
}
