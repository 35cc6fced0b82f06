import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { writePrivateFile } from '@bfm/embedded';

/** The demo's database: all three connections lead to it. */
export const DEMO_DATABASE = 'bfm_demo';

/** Where the demo's server keeps its runs. */
export const STATE_DATABASE = 'bfm_demo_state';

const CONNECTIONS = ['CORE', 'GUARD', 'ORGANIZATION'];

const TENANTS_QUERY =
  "SELECT schema_name FROM core.environments WHERE status = 'active' ORDER BY schema_name";

/** What the demo's server needs. */
export interface DemoServerSettings {
  readonly stateUrl: string;
  /** The file that holds its admin token. */
  readonly tokenFile: string;
}

/** The settings by which `bfm` finds the demo's database and its tenants. */
export function demoEnvironment(url: string, server: DemoServerSettings): Readonly<Record<string, string>> {
  const connections = CONNECTIONS.flatMap((name) => [
    [`${name}_BACKEND`, 'postgresql'],
    [`${name}_URL`, url],
  ]);
  return Object.fromEntries([
    ...connections,
    ['ORGANIZATION_TENANTS_CONNECTION', 'core'],
    ['ORGANIZATION_TENANTS_QUERY', TENANTS_QUERY],
    ['BFM_STATE_URL', server.stateUrl],
    ['BFM_API_TOKEN_FILE', server.tokenFile],
  ]) as Record<string, string>;
}

/** Writes settings to a file that only its owner can read, since they hold a password; readers never see a part of it. */
export async function writeEnvFile(path: string, settings: Readonly<Record<string, string>>): Promise<void> {
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
  await mkdir(dirname(path), { recursive: true });
  await writePrivateFile(path, `# Written by "npm start" for the demo; read by bfm.\n${lines.join('')}`);
}
