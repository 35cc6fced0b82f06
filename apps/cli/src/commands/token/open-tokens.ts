import { hostname } from 'node:os';
import { TOKEN_CRYPTO, toFailpoints } from '@bfm/runtime';
import type { Caller, TokenContext } from '@bfm/service';
import { loadSettings } from '../../config/load-configuration.ts';
import { loadServerConfiguration } from '../../config/load-server-configuration.ts';
import { userName } from '../../direct/user-name.ts';
import type { GlobalOptions } from '../../options/option-types.ts';
import { createTerminal, type Terminal } from '../../output/terminal.ts';

/** What commands about tokens work with; to be disposed when they are done. */
export interface TokenSession extends AsyncDisposable {
  readonly context: TokenContext;
  /** Whoever can write to the state's database is an admin. */
  readonly caller: Caller;
  readonly terminal: Terminal;
}

/**
 * Opens the state that BFM_STATE_URL or BFM_STATE_DB_* name; its tables are made if there are none. No connection has to
 * be configured.
 *
 * @throws {config.invalid} {state.newer} {state.unavailable}
 */
export async function openTokens(options: GlobalOptions): Promise<TokenSession> {
  const terminal = createTerminal({
    json: options.json ?? false,
    color: options.color,
    quiet: options.quiet ?? false,
  });
  const places = {
    own: process.env,
    envFile: options.envFile ?? null,
    config: options.config ?? null,
    directory: process.cwd(),
  };
  const configuration = await loadSettings(places);
  const server = await loadServerConfiguration(places, configuration);
  const { openState } = await import('@bfm/server');
  const state = await openState({ configuration, server, failpoints: toFailpoints(process.env) });
  return {
    context: { state, crypto: TOKEN_CRYPTO },
    caller: {
      name: `${userName()}@${hostname()}`,
      tokenId: null,
      ip: null,
      requestId: null,
      role: 'admin',
      method: 'cli',
      context: {},
    },
    terminal,
    [Symbol.asyncDispose]: () => state.close(),
  };
}
