import { randomUUID } from 'node:crypto';
import { TOKEN_CRYPTO } from '@bfm/runtime';
import { type Caller, createToken, revokeToken, type TokenContext } from '@bfm/service';
import { DEFAULT_STATE_LIMITS, openPostgresState } from '@bfm/state';
import { onTestFinished } from 'vitest';

const ADMIN: Caller = {
  name: 'ann',
  tokenId: null,
  ip: null,
  requestId: null,
  role: 'admin',
  method: 'cli',
  context: {},
};

/** Makes and revokes tokens as another process does, past the server that takes them. */
export interface TestTokens {
  readonly create: (lifetimeMs?: number) => Promise<string>;
  readonly revoke: (text: string) => Promise<void>;
}

/** Works on the state in a database until the test is over. */
export function useTokens(databaseUrl: string): TestTokens {
  const { hostname, port, username, password, pathname } = new URL(databaseUrl);
  const state = openPostgresState({
    address: {
      host: hostname,
      port: Number(port),
      database: pathname.slice(1),
      user: username,
      password: decodeURIComponent(password),
      tls: { mode: 'disable', rootCertificates: null, client: null },
    },
    schema: 'bfm_state',
    limits: DEFAULT_STATE_LIMITS,
  });
  onTestFinished(() => state.close());
  const context: TokenContext = { state, crypto: TOKEN_CRYPTO };
  return {
    create: async (lifetimeMs) => {
      const order = { name: randomUUID(), role: 'admin', lifetimeMs: lifetimeMs ?? null } as const;
      return (await createToken(order, ADMIN, context)).text;
    },
    revoke: async (text) => {
      await revokeToken(text.split('_')[2] ?? '', ADMIN, context);
    },
  };
}
