import type { StateStore } from '@bfm/engine';
import { TOKEN_CRYPTO } from '@bfm/runtime';
import { firstToken } from '@bfm/service';
import { SERVER_CALLER } from './server-actor.ts';

/** Makes the first admin token when there is none, and tells it to whoever started this: no log holds it. */
export async function tellFirstToken(state: StateStore, tell: (line: string) => void): Promise<void> {
  const first = await firstToken(SERVER_CALLER, { state, crypto: TOKEN_CRYPTO });
  if (first === null) return;
  tell('An admin token was made, since there was none. It is shown this once:');
  tell(first.text);
  tell(
    `It is good until ${first.token.expiresAt}; bfm token create and bfm token revoke make others and end this one.`,
  );
}
