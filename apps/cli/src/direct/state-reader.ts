import type { EffectReader, V1StateReader } from '@bfm/engine';
import { createV1StateReader } from '@bfm/postgresql';
import { PROCESS_CLOCK } from '@bfm/runtime';
import type { StateSource } from '@bfm/service';
import { createEffectReader } from '@bfm/source';

/** Reads the state of an existing Go BFM. */
export function openStateReader({ address, schema }: StateSource): V1StateReader {
  const { host, port, database, user, password, tls } = address;
  return createV1StateReader({
    address: {
      host,
      port,
      database,
      user,
      password,
      tls,
      advice: { connections: ['bfm-state'], startedBy: null },
    },
    schema,
    nowMs: () => PROCESS_CLOCK.monotonicMs(),
    sleep: (ms, signal) => PROCESS_CLOCK.sleep(ms, signal),
  });
}

/** Loads what reads from files what they do to schemas. */
export function loadEffects(): Promise<EffectReader> {
  return createEffectReader();
}
