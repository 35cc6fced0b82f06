/**
 * `npm run torture`: the suites that kill and race real runs, for as many rounds as it takes to believe them. `npm test`
 * runs the same with fewer. `BFM_TORTURE_ROUNDS` and `BFM_TORTURE_SEED` decide how many and which.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const child = spawn(
  process.execPath,
  [join(import.meta.dirname, 'test.ts'), 'test/torture', ...process.argv.slice(2)],
  { stdio: 'inherit', env: { BFM_TORTURE_ROUNDS: '50', ...process.env } },
);
const [code] = (await once(child, 'close')) as [number | null];
process.exitCode = code ?? 1;
