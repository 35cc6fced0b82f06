/**
 * `npm run fleet`: the suite of test/fleet over 10,000 tenants with 500 migrations each; prints what each command took.
 * `npm test` runs the same over fewer. `BFM_FLEET_TENANTS` and `BFM_FLEET_MIGRATIONS` decide how many.
 */
import { runSuite } from './run-suite.ts';

process.exitCode = await runSuite({
  script: import.meta.filename,
  suite: 'test/fleet',
  environment: { BFM_FLEET_TENANTS: '10000', BFM_FLEET_MIGRATIONS: '500' },
});
