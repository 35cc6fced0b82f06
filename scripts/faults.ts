/**
 * `npm run faults`: the whole matrix of faults, each moment on every version of PostgreSQL. `npm test` shares the moments of
 * the longest rows out between the versions. Further arguments go to vitest:
 *
 *     npm run faults
 *     npm run faults -- -t 'Z1 '
 */
import { runSuite } from './run-suite.ts';

process.exitCode = await runSuite({
  script: import.meta.filename,
  suite: 'test/faults',
  environment: { BFM_ALL_MOMENTS: '1' },
});
