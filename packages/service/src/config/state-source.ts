import { toFaultsError } from '@bfm/core';
import type { PostgresAddressSettings } from './address.ts';
import type { ConfigurationSources, Environment } from './configuration-sources.ts';
import { readPostgresAddress } from './connection-address.ts';
import { CONNECTION_SETTINGS } from './connection-settings.ts';
import { SettingReader } from './setting-reader.ts';
import { TEXT } from './value-types.ts';

/** Where the state of an existing Go BFM is. */
export interface StateSource {
  readonly address: PostgresAddressSettings;
  readonly schema: string;
}

/** What of it was said on the command line; it goes before variables. */
export interface StateSourceOptions {
  readonly url: string | null;
  readonly schema: string | null;
}

const PREFIX = 'BFM_STATE_';

/** What an existing BFM takes where a part of its address is not set (BFM-V1-CONTRACT.md 2.3). */
const DEFAULTS: Environment = { [`${PREFIX}DB_HOST`]: 'localhost', [`${PREFIX}DB_NAME`]: 'migration_state' };
const DEFAULT_SCHEMA = 'public';

/** Its tables may be in a schema that no target can be in, such as `bfm`. */
const SETTINGS = { ...CONNECTION_SETTINGS, schema: { ...CONNECTION_SETTINGS.schema, type: TEXT } };

/**
 * Reads where the state of an existing BFM is, from the variables that it reads itself: `BFM_STATE_DB_*` and
 * `BFM_STATE_SCHEMA`, or `BFM_STATE_URL`.
 *
 * @returns `null` when nothing says where
 * @throws {config.invalid} with all faults at once
 */
export function readStateSource(
  options: StateSourceOptions,
  sources: ConfigurationSources,
): StateSource | null {
  const environment = variablesOf(options, sources.environment);
  if (environment === null) return null;
  const own = { ...sources, environment };
  const reader = new SettingReader(own);
  const settings = reader.readAll(SETTINGS, { prefix: PREFIX, mapping: null, path: '' });
  const address = readPostgresAddress({
    connection: 'bfm-state',
    settings,
    reader,
    sources: own,
    missing: (name, reason) =>
      reader.refuse({ label: `${PREFIX}${name}`, where: {}, mend: 'set it' }, reason),
  });
  const [first, ...rest] = reader.faults.map((fault) =>
    options.url === null
      ? fault
      : { ...fault, message: fault.message.replaceAll(`${PREFIX}URL`, '--state-url') },
  );
  if (first !== undefined) throw toFaultsError([first, ...rest]);
  return address && { address, schema: settings.schema?.value ?? DEFAULT_SCHEMA };
}

/** A URL from the command line goes before every part that is set as a variable. */
function variablesOf({ url, schema }: StateSourceOptions, environment: Environment): Environment | null {
  const isPart = (name: string): boolean => name.startsWith(`${PREFIX}DB_`);
  const set = Object.entries(environment).filter(
    ([name, value = '']) => name.startsWith(PREFIX) && value !== '',
  );
  const schemaOf = schema === null ? {} : { [`${PREFIX}SCHEMA`]: schema };
  const hasUrl = set.some(([name]) => name === `${PREFIX}URL` || name === `${PREFIX}URL_FILE`);
  if (url !== null) {
    const others = set.filter(([name]) => !isPart(name) && !name.startsWith(`${PREFIX}URL`));
    return { ...Object.fromEntries(others), ...schemaOf, [`${PREFIX}URL`]: url };
  }
  if (hasUrl) return { ...Object.fromEntries(set), ...schemaOf };
  if (!set.some(([name]) => isPart(name))) return null;
  return { ...DEFAULTS, ...Object.fromEntries(set), ...schemaOf };
}
