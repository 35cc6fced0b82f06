import type { PoolSettings } from './configuration.ts';
import type { POOL_SETTINGS } from './connection-settings.ts';
import type { PROGRAM_SETTINGS } from './program-settings.ts';
import type { Setting, SettingsOf } from './setting-reader.ts';

const NAMES = [
  'connectionsMax',
  'connectTimeoutMs',
  'checkoutTimeoutMs',
  'idleTimeoutMs',
  'lifetimeMs',
] as const satisfies readonly (keyof PoolSettings)[];

/** What is set of a pool. */
export function toPoolSettings(found: SettingsOf<typeof POOL_SETTINGS>): PoolSettings {
  return pick((name) => found[name]?.value ?? null);
}

/** A pool with what it does not say taken from others. */
export function fillPoolSettings(pool: PoolSettings, others: PoolSettings): PoolSettings {
  return pick((name) => pool[name] ?? others[name]);
}

/** What holds for the pools of all connections: the names of today, and those of the older BFM. */
export function toPoolDefaults(found: SettingsOf<typeof PROGRAM_SETTINGS>): PoolSettings {
  const older: PoolSettings = {
    connectionsMax: found.olderConnectionsMax?.value || null,
    connectTimeoutMs: null,
    checkoutTimeoutMs: null,
    idleTimeoutMs: times(found.olderIdleSeconds, 1000) || times(found.olderIdleMinutes, 60_000),
    lifetimeMs: times(found.olderLifetimeMinutes, 60_000),
  };
  // Older names are variables, and those go before bfm.yaml.
  const today = pick((name) => fromEnvironment(found[name]));
  return fillPoolSettings(fillPoolSettings(today, older), toPoolSettings(found));
}

function times(setting: Setting<number> | null, factor: number): number | null {
  return setting === null ? null : setting.value * factor;
}

function fromEnvironment(setting: Setting<number> | null): number | null {
  return setting?.place.origin === 'environment' ? setting.value : null;
}

function pick(valueOf: (name: keyof PoolSettings) => number | null): PoolSettings {
  return Object.fromEntries(NAMES.map((name) => [name, valueOf(name)])) as unknown as PoolSettings;
}
