import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');

it.each([
  ['bench/run.ts', 'npm run bench -- --only'],
  ['scripts/check.ts', 'npm run check -- --fix'],
  ['scripts/test.ts', 'npm test -- --project unit'],
  ['scripts/torture.ts', '--minutes 30'],
  ['scripts/faults.ts', 'npm run faults -- -t'],
  ['scripts/fleet.ts', 'BFM_FLEET_TENANTS'],
  ['scripts/token-timing.ts', 'BFM_TOKEN_PAIRS'],
])('%s tells how it is used, and does nothing else', (script, text) => {
  const told = execFileSync(process.execPath, [join(ROOT, script), '--help'], { encoding: 'utf8' });
  expect(told).toContain(text);
  expect(told).not.toMatch(/^ ?\*|import /m);
});

it.each([
  ['bench/run.ts', "Unknown option '--nonsense'"],
  ['scripts/check.ts', 'No such option: --nonsense'],
])('%s refuses what it does not know, in a line', (script, text) => {
  const { status, stderr } = spawnSync(process.execPath, [join(ROOT, script), '--nonsense'], {
    encoding: 'utf8',
  });
  expect(status).toBe(2);
  expect(stderr).toContain(text);
  expect(stderr.trim().split('\n')).toHaveLength(1);
});
