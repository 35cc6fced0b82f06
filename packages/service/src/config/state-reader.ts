import { STATE_CONNECTION } from '@bfm/core';
import { readPostgresAddress, type AddressSettings } from './connection-address.ts';
import type { ConfigurationSources } from './configuration-sources.ts';
import type { StateSettings } from './server-configuration.ts';
import type { Setting, SettingReader, SettingScope } from './setting-reader.ts';
import { DEFAULT_STATE_SCHEMA, STATE_SETTINGS } from './state-settings.ts';

const PARTS = ['host', 'port', 'database', 'user'] as const;

/** Reads where the state is. `null`, and a fault: nobody says. */
export function readStateSettings(
  scope: SettingScope,
  { reader, sources }: { readonly reader: SettingReader; readonly sources: ConfigurationSources },
): StateSettings | null {
  const found = reader.readAll(STATE_SETTINGS, scope);
  const isNamed = found.url !== null || PARTS.some((part) => found[part] !== null);
  const isFaulty = [STATE_SETTINGS.url, ...PARTS.map((part) => STATE_SETTINGS[part])].some((definition) =>
    reader.isFaulty(definition, scope),
  );
  if (!isNamed) {
    return isFaulty
      ? null
      : reader.refuse(NOWHERE, 'it is not set, and a server has to keep its runs somewhere');
  }
  const address = readPostgresAddress({
    connection: STATE_CONNECTION,
    settings: withDefaults(found),
    reader,
    sources,
    missing: () => null,
  });
  if (address === null) return null;
  return {
    address,
    schema: found.schema?.value ?? DEFAULT_STATE_SCHEMA,
    connectionsMax: found.connectionsMax?.value ?? 10,
  };
}

const NOWHERE = {
  label: 'BFM_STATE_URL',
  where: {},
  mend: 'set it, for example to postgres://bfm@localhost:5432/bfm_state; or try npm start, which brings a database',
};

/** The older BFM finds its state without being told where. */
function withDefaults(found: AddressSettings): AddressSettings {
  if (found.url !== null) return found;
  const usual = (value: string): Setting<string> => ({
    value,
    place: { label: NOWHERE.label, origin: 'environment', where: {}, mend: NOWHERE.mend },
  });
  return {
    ...found,
    host: found.host ?? usual('localhost'),
    database: found.database ?? usual('migration_state'),
  };
}
