import { Secrets } from '../log/secrets.ts';
import type { ProcessOptions } from './server-options.ts';

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
  if (server.apiToken !== null) secrets.add(server.apiToken);
  return secrets;
}
