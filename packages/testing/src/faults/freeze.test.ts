import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { until } from '../until.ts';
import { freeze, stateOf } from './freeze.ts';

it('stops a process until it is thawed, and thaws it when disposed of', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => process.stdout.write("."), 5)']);
  let said = 0;
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.length));
  const pid = child.pid ?? 0;
  await until(() => said > 0, { what: 'a sign of life' });
  {
    using frozen = await freeze(pid);
    expect(await stateOf(pid)).toBe('T');
    frozen.thaw();
    const before = said;
    await until(() => said > before + 3, { what: 'another sign of life' });
    using again = await freeze(pid);
    expect(again).toBeDefined();
  }
  await until(async () => (await stateOf(pid)) !== 'T', { what: 'the process to go on' });
  child.kill('SIGKILL');
  await once(child, 'close');
  expect(await stateOf(pid)).toBeNull();
  await expect(freeze(pid)).rejects.toThrow(/ESRCH/);
});
