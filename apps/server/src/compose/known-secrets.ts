import { Secrets } from '../log/secrets.ts';
import type { ProcessOptions } from './server-options.ts';

/** Shorter ones may be in any text. */
const KEY_LINE_MIN = 16;

/** Every secret of the configuration: none of them may stand in a log or an answer. */
export function knownSecrets({ configuration, server }: ProcessOptions): Secrets {
  const secrets = new Secrets();
  const addresses = [
    server.state.address,
    ...configuration.connections.flatMap(({ address, directAddress }) => [address, directAddress]),
    configuration.lock.provider,
  ];
  for (const address of addresses) if (address !== null) secrets.add(address.password);
  for (const value of Object.values(server.traces?.headers ?? {})) secrets.add(value);
  if (server.tls !== null) for (const line of keyLines(server.tls.key)) secrets.add(line);
  if (server.apiToken !== null) secrets.add(server.apiToken);
  return secrets;
}

/** A key is several lines, any of which may be in a text by itself. */
function keyLines(pem: string): readonly string[] {
  return pem.split('\n').filter((line) => line.length >= KEY_LINE_MIN && !line.startsWith('-----'));
}
