import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { table } from './support/trees.ts';
import { useApi } from './support/use-api.ts';

const TEXT = readFileSync(join(import.meta.dirname, '../../../../docs/api.md'), 'utf8');
const EXAMPLES = [...TEXT.matchAll(/```sh\n(curl [\s\S]*?)\n```/g)].map(([, command = '']) => command);

it('the examples of docs/api.md do what they say', async () => {
  const { url } = await useApi({ ...table(1, 'users', { schema: 'shop' }), ...table(2, 'notes') });
  expect(EXAMPLES.length).toBeGreaterThanOrEqual(9);
  for (const command of EXAMPLES) {
    const { stdout } = await promisify(execFile)('sh', ['-c', command], {
      env: { PATH: process.env['PATH'], BFM_URL: url, BFM_TOKEN: 'admin-token' },
    });
    expect(JSON.parse(stdout), command).toEqual(expect.any(Object));
  }
});
