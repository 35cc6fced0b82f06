import { spawnSync } from 'node:child_process';
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
