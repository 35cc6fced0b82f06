/**
 * What every BFM process is composed of, the CLI's and the server's alike: the stores behind connections, leases, migrations
 * from files, the clock, faults on purpose. It names adapters and decides nothing. Main entry: {@link openRuntime}.
 */
export {
  ArmedFailpoints,
  FAULT_ACTIONS,
  readClockOffset,
  readFaultRules,
  toFailpoints,
} from './failpoints.ts';
export type { FaultRule } from './failpoints.ts';
export { openRuntime } from './open-runtime.ts';
export type { Runtime, RuntimeOptions, RuntimeUse } from './open-runtime.ts';
export type { StorePool } from './stores.ts';
export { PROCESS_CLOCK } from './process-clock.ts';
export { readFileFaults } from './read-migrations.ts';
export { TOKEN_CRYPTO } from './token-crypto.ts';
