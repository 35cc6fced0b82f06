/**
 * A process that starts a server and then holds it, so that tests can kill it. It takes the options as JSON in its first
 * argument and answers with one line of JSON on standard output.
 */
import { bundledBinaries } from '../src/binaries.ts';
import { startEmbeddedPostgres, type EmbeddedPostgresOptions } from '../src/index.ts';

const given = JSON.parse(process.argv[2] ?? '{}') as Partial<EmbeddedPostgresOptions>;

try {
  const server = await startEmbeddedPostgres({
    binaries: given.binaries ?? (await bundledBinaries()),
    storage: given.storage ?? { kind: 'ephemeral' },
    ...given,
  });
  process.once('SIGTERM', () => void server.stop());
  const { pid, port, directory, password } = server;
  process.stdout.write(`${JSON.stringify({ pid, port, directory, password })}\n`);
} catch (error) {
  const { name, message } = error as Error;
  process.stdout.write(`${JSON.stringify({ error: name, message })}\n`);
}
