import { toFaultsError, type Fault } from '@bfm/core';
import { readConnection } from './connection-reader.ts';
import { findEntry, type ConfigMapping } from './config-tree.ts';
import type { Configuration, PoolSettings, ProgramSettings } from './configuration.ts';
import type { ConfigurationSources } from './configuration-sources.ts';
import { CONNECTION_SETTINGS } from './connection-settings.ts';
import { findDeclaredConnections } from './declared-connections.ts';
import { toKeyTree, type KeyTree } from './key-tree.ts';
import { readLockSettings, type LockSettings } from './lock-reader.ts';
import { fillPoolSettings, toPoolDefaults } from './pool-settings.ts';
import { PROGRAM_SETTINGS } from './program-settings.ts';
import { SettingReader, toValues, type SettingScope } from './setting-reader.ts';
import { SERVER_SETTINGS } from './server-settings.ts';
import { findSlips, PROGRAM_PREFIX } from './slips.ts';
import { STATE_SETTINGS } from './state-settings.ts';
import { findUnknownKeys } from './unknown-keys.ts';
import { weakTlsWarnings } from './weak-tls.ts';

/**
 * Reads the whole configuration: `{CONN}_...` and `BFM_...` variables (BFM-V1-CONTRACT 2.3) and bfm.yaml, which says the
 * same as a tree. A variable goes before what bfm.yaml says.
 *
 * @throws {config.invalid} with all faults at once; values are never shown, they may be secrets
 */
export function parseConfiguration(sources: ConfigurationSources): Configuration {
  const { environment, document } = sources;
  const root = document?.root ?? null;
  const syntax = document?.faults ?? [];
  // What a broken document would have said is not known: nothing that depends on it can be judged.
  if (root === null && syntax.length > 0) refuse(syntax);
  const reader = new SettingReader(sources);
  const declared = findDeclaredConnections(sources);
  const prefixes = declared.connections.map(({ prefix }) => prefix);
  const program = readProgram(sources, reader, root);
  const connections = declared.connections
    .map((connection) => readConnection(connection, { reader, sources, prefixes }))
    .filter((connection) => connection !== null)
    .map((connection) => ({ ...connection, pool: fillPoolSettings(connection.pool, program.pool) }));
  const slips = findSlips(environment, prefixes);
  refuse([...syntax, ...keyFaults(root), ...declared.faults, ...reader.faults, ...slips]);
  const warnings = weakTlsWarnings(connections, program.lock.provider);
  return { connections, program: program.settings, lock: program.lock, warnings };
}

function refuse(faults: readonly Fault[]): void {
  const [first, ...rest] = faults;
  if (first !== undefined) throw toFaultsError([first, ...rest]);
}

const CONNECTION_KEYS = toKeyTree(CONNECTION_SETTINGS);
const TOP_KEYS: KeyTree = new Map([
  ...toKeyTree(PROGRAM_SETTINGS),
  ...toKeyTree(SERVER_SETTINGS),
  ...toKeyTree(STATE_SETTINGS),
  ['connections', new Map()],
]);

function keyFaults(root: ConfigMapping | null): readonly Fault[] {
  if (root === null) return [];
  const section = findEntry(root, 'connections')?.value ?? null;
  const others = root.entries.filter(({ key }) => key !== 'connections');
  const top = findUnknownKeys({ ...root, entries: others }, TOP_KEYS, { path: '', whole: TOP_KEYS });
  if (section === null) return top;
  if (section.kind !== 'mapping') {
    return [...top, notNames('connections', section.where, 'the name of a connection, such as core')];
  }
  const below = section.entries.flatMap(({ key, value }) =>
    value.kind === 'mapping'
      ? findUnknownKeys(value, CONNECTION_KEYS, { path: `connections.${key}.`, whole: CONNECTION_KEYS })
      : [notNames(`connections.${key}`, value.where, 'backend and url')],
  );
  return [...top, ...below];
}

function notNames(label: string, where: Fault['where'], names: string): Fault {
  return {
    code: 'config.invalid',
    message: `${label} is not usable: names belong below it, and there are none`,
    where,
    mend: `write below it, indented, ${names}`,
  };
}

function readProgram(
  sources: ConfigurationSources,
  reader: SettingReader,
  root: ConfigMapping | null,
): { readonly settings: ProgramSettings; readonly pool: PoolSettings; readonly lock: LockSettings } {
  const scope: SettingScope = { prefix: PROGRAM_PREFIX, mapping: root, path: '' };
  const found = reader.readAll(PROGRAM_SETTINGS, scope);
  const values = toValues(found);
  const sfm = found.sfm === null ? null : { path: found.sfm.value, origin: found.sfm.place.origin };
  const { fileBytesMax, statementsMax, statementTokensMax } = values;
  const { concurrency, lockWaitMs, lockTimeoutMs, statementTimeoutMs, attemptsMax } = values;
  return {
    settings: {
      sfm,
      fileBytesMax,
      statementsMax,
      statementTokensMax,
      concurrency,
      lockWaitMs,
      lockTimeoutMs,
      statementTimeoutMs,
      attemptsMax,
    },
    pool: toPoolDefaults(found),
    lock: readLockSettings(found, { reader, sources }),
  };
}
