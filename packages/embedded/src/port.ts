import { createServer } from 'node:net';

/** The address every embedded server listens on: this machine only. */
export const LOOPBACK = '127.0.0.1';

/**
 * Picks a free TCP port on the loopback address: the preferred one if it is free, else any. It may be taken by somebody
 * else before it is used, so the user of it has to be ready to ask again.
 */
export async function pickPort(preferred: number | null): Promise<number> {
  if (preferred !== null) {
    const port = await tryListen(preferred);
    if (port !== null) return port;
  }
  const port = await tryListen(0);
  if (port === null) throw new Error(`No free TCP port on ${LOOPBACK}.`);
  return port;
}

function tryListen(wanted: number): Promise<number | null> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => {
      resolve(null);
    });
    probe.listen({ host: LOOPBACK, port: wanted, exclusive: true }, () => {
      const address = probe.address();
      probe.close(() => {
        resolve(typeof address === 'object' && address !== null ? address.port : null);
      });
    });
  });
}
