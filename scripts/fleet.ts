/**
 * `npm run fleet`: the suite of test/fleet over 10,000 tenants with 500 migrations each; prints what each command took.
 * `npm test` runs the same over fewer. `BFM_FLEET_TENANTS` and `BFM_FLEET_MIGRATIONS` decide how many.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const child = spawn(
  process.execPath,
  [join(import.meta.dirname, 'test.ts'), 'test/fleet', ...process.argv.slice(2)],
  { stdio: 'inherit', env: { BFM_FLEET_TENANTS: '10000', BFM_FLEET_MIGRATIONS: '500', ...process.env } },
);
const [code] = (await once(child, 'close')) as [number | null];
process.exitCode = code ?? 1;
