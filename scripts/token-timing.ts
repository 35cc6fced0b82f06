/**
 * `npm run token-timing`: how long a server takes to refuse an unknown id and a known one with a wrong secret, 20,000 times each
 * over HTTP; prints both medians and fails when they differ by more than half a millisecond. `npm test` does the same with few.
 * `BFM_TOKEN_PAIRS` decides how many.
 */
import { runSuite } from './run-suite.ts';

process.exitCode = await runSuite({
  script: import.meta.filename,
  suite: 'apps/server/test/observe/token-timing.test.ts',
  environment: { BFM_TOKEN_PAIRS: '20000' },
});
