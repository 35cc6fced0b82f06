import { BfmError } from '@bfm/core';
import type { StateStore } from '@bfm/engine';
import { authorise, type TokenCheck } from '@bfm/service';
import type { GateOptions } from '../admission/gate.ts';
import type { Identity } from '../routes/request-caller.ts';

/** Finds out whom a token is, and whether they may do what they ask for; who may not is in the audit. */
export function toAccess(
  check: TokenCheck,
  state: StateStore,
): Pick<GateOptions<Identity>, 'authenticate' | 'authorise'> {
  return {
    authenticate: async ({ token }) => {
      const identity = await check.authenticate(token);
      if (identity !== null) return identity;
      throw new BfmError('auth.invalid', {
        message: 'invalid API token',
        next: 'Send a token that is neither revoked nor expired; bfm token create makes one.',
      });
    },
    authorise: (identity, { access, method, peer, requestId }) => {
      const permission = access === 'change' ? 'api.change' : 'api.read';
      return authorise({ ...identity, ip: peer, requestId }, { permission, object: method }, { state });
    },
  };
}
