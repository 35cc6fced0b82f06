import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { guardianScript } from './guardian-script.ts';

function script(path: string): string {
  return guardianScript({
    initialise: { command: ['initdb', path], unfinished: `${path}.new`, passwordFile: `${path}.password` },
    serve: ['postgres', '-D', path, '-c', 'unix_socket_directories='],
    data: path,
    removeAtEnd: null,
    graceSeconds: 30,
  });
}

test.each(['/tmp/plain', '/tmp/with space', "/tmp/it's", '/tmp/$HOME `id` "x"'])(
  'is a shell script for %j',
  (path) => {
    expect(spawnSync('/bin/sh', ['-n'], { input: script(path), encoding: 'utf8' }).stderr).toBe('');
  },
);

test('quotes paths so that the shell takes them as they are', () => {
  const path = `/tmp/$HOME 'x' "y" \\`;
  const assignment =
    script(path)
      .split('\n')
      .find((line) => line.startsWith('data=')) ?? '';
  const result = spawnSync('/bin/sh', ['-c', `${assignment}; printf %s "$data"`], { encoding: 'utf8' });
  expect(result.stdout).toBe(path);
});

test('the guardian of a server that ends at once ends as well, however the processes interleave', async () => {
  const data = await mkdtemp(join(tmpdir(), 'bfm-guardian-'));
  try {
    await writeFile(join(data, 'PG_VERSION'), '18');
    const plan = { command: ['false'], unfinished: `${data}.new`, passwordFile: join(data, 'password') };
    const text = guardianScript({
      initialise: plan,
      serve: ['true'],
      data,
      removeAtEnd: null,
      graceSeconds: 30,
    });
    const guard = async (): Promise<void> => {
      const guardian = spawn('/bin/sh', ['-c', text], { stdio: ['pipe', 'ignore', 'ignore'] });
      const [code] = (await once(guardian, 'exit')) as [number | null];
      expect(code).toBe(0);
    };
    for (let round = 0; round < 50; round += 1) await Promise.all([guard(), guard(), guard(), guard()]);
  } finally {
    await rm(data, { recursive: true });
  }
});
