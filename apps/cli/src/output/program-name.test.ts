import { delimiter, join } from 'node:path';
import { expect, it } from 'vitest';
import { programName, programNameInLog, withProgramName, type Calling } from './program-name.ts';

const BIN = join('/work', 'clone', 'node_modules', '.bin');

function nameWith(files: readonly string[], parts: Partial<Calling> = {}): string {
  return programName({
    environment: { PATH: ['/usr/bin', BIN].join(delimiter) },
    script: join('/work', 'clone', 'apps', 'cli', 'bin', 'bfm.cjs'),
    directory: join('/work', 'clone'),
    exists: (file) => files.includes(file),
    ...parts,
  });
}

it('is bfm where a shell finds it', () => {
  expect(nameWith([join('/usr/bin', 'bfm')])).toBe('bfm');
  expect(nameWith([join(BIN, 'bfm')])).toBe('bfm');
});

it('is npx bfm where only npm finds it, from folders below, too', () => {
  const environment = { PATH: ['/usr/bin', BIN].join(delimiter), npm_command: 'exec' };
  expect(nameWith([join(BIN, 'bfm')], { environment })).toBe('npx bfm');
  expect(
    nameWith([join(BIN, 'bfm.cmd')], { environment: {}, directory: join('/work', 'clone', 'sfm') }),
  ).toBe('npx bfm');
});

it('is npx bfm for what npx has fetched into a folder of its own', () => {
  expect(nameWith([], { environment: { PATH: '/usr/bin', npm_command: 'exec' } })).toBe('npx bfm');
});

it.each<[string, Calling['environment'], string]>([
  ['bfm, whatever lies about', {}, 'bfm'],
  ['npx bfm under npx', { npm_command: 'exec' }, 'npx bfm'],
  ['npx bfm under npm run', { npm_lifecycle_event: 'deploy' }, 'npx bfm'],
  ['npx bfm under pnpm and yarn', { npm_config_user_agent: 'pnpm/9.1.0 npm/? node/v24.0.0' }, 'npx bfm'],
])('is in a log %s', (_what, more, name) => {
  const calling: Calling = {
    environment: { PATH: ['/usr/bin', BIN].join(delimiter), ...more },
    script: join(BIN, 'bfm'),
    directory: join('/work', 'clone'),
    exists: (file) => file === join(BIN, 'bfm'),
  };
  expect(programNameInLog(calling)).toBe(name);
});

it('is the script anywhere else', () => {
  expect(nameWith([])).toBe('node apps/cli/bin/bfm.cjs');
});

it('takes the place of bfm in commands, and of no other bfm', () => {
  expect(withProgramName('bfm up, or bfm repair; see bfm.yaml, schema bfm of sfm/bfm a', 'npx bfm')).toBe(
    'npx bfm up, or npx bfm repair; see bfm.yaml, schema bfm of sfm/bfm a',
  );
});
