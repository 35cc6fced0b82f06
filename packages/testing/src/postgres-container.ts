import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { serverMajor } from './server-major.ts';
import { TEST_SERVER_SETTINGS, type PostgresMajor, type TestServer } from './test-server.ts';
import { until } from './until.ts';

/** Holds the container as long as its standard input is open, that is until this process stops it or dies. */
const GUARDIAN = `
trap '' INT
docker run --detach --rm --publish 127.0.0.1::5432 --env POSTGRES_PASSWORD --name "$1" "$2" $3 >&2 || exit 1
docker port "$1" 5432/tcp
while read -r _; do :; done
docker rm --force --volumes "$1" >/dev/null 2>&1
`;

/** Starts a PostgreSQL of one major version in a container that vanishes with this process. */
export async function startPostgresContainer(major: PostgresMajor): Promise<TestServer> {
  const password = randomBytes(24).toString('hex');
  const name = `bfm-test-postgres-${String(major)}-${randomBytes(4).toString('hex')}`;
  const settings = Object.entries(TEST_SERVER_SETTINGS).map(([setting, value]) => `-c ${setting}=${value}`);
  const child = spawn(
    '/bin/sh',
    ['-c', GUARDIAN, 'sh', name, `postgres:${String(major)}`, settings.join(' ')],
    {
      detached: true,
      env: { ...process.env, POSTGRES_PASSWORD: password },
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  const exited = once(child, 'close');
  const address = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line').then(([line]) => String(line)),
    exited.then(() => null),
  ]);
  if (address === null) throw new Error(`no container of postgres:${String(major)} could be started`);
  const url = `postgres://postgres:${password}@${address}/postgres`;
  const stop = async (): Promise<void> => {
    child.stdin.end();
    await exited;
  };
  await until(() => serverMajor(url).catch(() => null), {
    what: `the server in ${name}`,
    timeoutMs: 60_000,
  }).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return { major, url, exclusive: true, source: `Docker container ${name}`, stop };
}
