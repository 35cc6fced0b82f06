import { hostname } from 'node:os';
import { TOKEN_CRYPTO, toFailpoints } from '@bfm/runtime';
import type { Caller } from '@bfm/service';
import { loadSettings } from '../../config/load-configuration.ts';
import { loadServerConfiguration } from '../../config/load-server-configuration.ts';
import { readServerPlace } from '../../config/server-place.ts';
import { directTokens } from '../../direct/direct-tokens.ts';
import { userName } from '../../direct/user-name.ts';
import type { Invocation } from '../../invocation.ts';
import { openDesk } from '../../modes/open-desk.ts';
import type { TokensWork } from '../../modes/tokens-work.ts';
import type { Ways } from '../../modes/ways.ts';
import type { GlobalOptions } from '../../options/option-types.ts';
import { createTerminal, type Terminal } from '../../output/terminal.ts';

/** What commands about tokens work with; to be disposed when they are done. */
export interface TokenSession extends AsyncDisposable {
  readonly work: TokensWork;
  readonly terminal: Terminal;
}

const WAYS: Ways<TokensWork> = {
  direct: null,
  remote: async (remote) => (await import('../../remote/remote-tokens.ts')).remoteTokens(remote),
};

/**
 * Opens the server that is given; without one, the state that BFM_STATE_URL or BFM_STATE_DB_* name: its tables are made if there are
 * none, and no connection has to be configured.
 *
 * @throws {config.invalid} {state.newer} {state.unavailable} {request.invalid} {auth.missing}
 */
export async function openTokens(options: GlobalOptions, invocation: Invocation): Promise<TokenSession> {
  if (readServerPlace(options, process.env) !== null) return openDesk(WAYS, options, invocation);
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
    work: directTokens(operator(), { state, crypto: TOKEN_CRYPTO }),
    terminal,
    [Symbol.asyncDispose]: () => state.close(),
  };
}

function operator(): Caller {
  return {
    name: `${userName()}@${hostname()}`,
    tokenId: null,
    ip: null,
    requestId: null,
    role: 'admin',
    method: 'cli',
    context: {},
  };
}
