import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { expect, test } from 'vitest';
import { demoEnvironment, writeEnvFile } from './env-file.ts';

const URL = 'postgres://postgres:secret@127.0.0.1:5432/bfm_demo';
const SERVER = { stateUrl: 'postgres://postgres:secret@127.0.0.1:5432/s', tokenFile: '/demo/.bfm/token' };

test('names every connection and where the tenants are listed', () => {
  expect(demoEnvironment(URL, SERVER)).toEqual({
    CORE_BACKEND: 'postgresql',
    CORE_URL: URL,
    GUARD_BACKEND: 'postgresql',
    GUARD_URL: URL,
    ORGANIZATION_BACKEND: 'postgresql',
    ORGANIZATION_URL: URL,
    ORGANIZATION_TENANTS_CONNECTION: 'core',
    ORGANIZATION_TENANTS_QUERY:
      "SELECT schema_name FROM core.environments WHERE status = 'active' ORDER BY schema_name",
    BFM_STATE_URL: SERVER.stateUrl,
    BFM_API_TOKEN_FILE: SERVER.tokenFile,
  });
});

test('is written for its owner only, and read back as it was', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bfm-env-'));
  try {
    const path = join(folder, '.bfm', 'env');
    await writeEnvFile(path, demoEnvironment(URL, SERVER));
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(parseEnv(await readFile(path, 'utf8'))).toEqual(demoEnvironment(URL, SERVER));
  } finally {
    await rm(folder, { recursive: true });
  }
});
