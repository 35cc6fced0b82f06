import { startEtcd, startRedis, useTestDatabase } from '@bfm/testing';
import { afterAll, beforeAll } from 'vitest';

/** Who hands out leases in a test; `none`: nobody. */
export type ProviderName = 'none' | 'postgresql' | 'etcd' | 'redis';

/** All of them. */
export const PROVIDERS: readonly ProviderName[] = ['none', 'postgresql', 'etcd', 'redis'];

/**
 * Starts a provider of leases for the tests of a file. Call it at the top of an async `describe`.
 *
 * @returns the variables of `bfm` that name it, once the tests run
 */
export async function useLockProvider(name: ProviderName): Promise<() => Readonly<Record<string, string>>> {
  if (name === 'none') return () => ({});
  if (name === 'postgresql') {
    const { url } = await useTestDatabase(18);
    return () => ({ BFM_LOCK_URL: url });
  }
  let server: ({ readonly url: string } & AsyncDisposable) | null = null;
  beforeAll(async () => {
    server = await (name === 'etcd' ? startEtcd() : startRedis());
  }, 120_000);
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
  });
  return () => ({ BFM_LOCK_URL: server?.url ?? '' });
}
