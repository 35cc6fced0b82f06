import { Client } from 'pg';
import { expect, test } from 'vitest';
import type { TestProject } from 'vitest/node';
import { serverMajor } from './server-major.ts';
import type { ProvidedServer } from './test-run.ts';
import { setup } from './vitest-global-setup.ts';

interface Run {
  readonly servers: readonly ProvidedServer[];
  readonly finish: () => Promise<void>;
}

async function startRun(): Promise<Run> {
  const provided: ProvidedServer[] = [];
  const provide = (_name: string, servers: readonly ProvidedServer[]): void => {
    provided.push(...servers);
  };
  const finish = await setup({ provide } as unknown as TestProject);
  return { servers: provided, finish };
}

test('a run has both major versions, ends well when nothing was left, and leaves no server', async () => {
  const { servers, finish } = await startRun();
  expect(servers.map(({ major }) => major)).toEqual([15, 18]);
  expect(await Promise.all(servers.map(({ url }) => serverMajor(url)))).toEqual([15, 18]);
  await finish();
  await expect(Promise.any(servers.map(({ url }) => serverMajor(url)))).rejects.toThrow();
});

test('a run fails by what a test left behind, and leaves no server all the same', async () => {
  const { servers, finish } = await startRun();
  const { url } = servers.find(({ major }) => major === 15) ?? { url: '' };
  const planted = new Client({ connectionString: url, application_name: 'planted' });
  planted.on('error', () => undefined);
  await planted.connect();
  await planted.query('BEGIN');
  await planted.query('SELECT pg_advisory_xact_lock(4711)');
  await expect(finish()).rejects.toThrow(
    /Leak check: the tests left something behind.\n {2}- PostgreSQL 15: session left open: pid \d+ planted in postgres, idle in transaction.*\n {2}- PostgreSQL 15: advisory lock left: 0\/4711/,
  );
  await expect(serverMajor(url)).rejects.toThrow();
  await planted.end().catch(() => undefined);
});
