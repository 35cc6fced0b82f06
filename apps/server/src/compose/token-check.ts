import { createHash, timingSafeEqual } from 'node:crypto';
import { BfmError } from '@bfm/core';
import type { GateRequest } from '../admission/gate.ts';
import type { Identity } from '../routes/request-caller.ts';

/** Knows some tokens; `null`: this one is not among them. */
export type KnowsToken = (token: string) => Promise<Identity | null>;

/** The admin token of the configuration. */
export function configuredToken(configured: string | null): KnowsToken {
  const known = configured === null ? null : hash(configured);
  return (token) => {
    // Hashes are of one length, so that nothing but equality shows in the time it takes.
    const matches = known !== null && timingSafeEqual(known, hash(token));
    return Promise.resolve(matches ? { name: 'admin', tokenId: 'configured', role: 'admin' } : null);
  };
}

/** Finds out whom a token is, and whether they may do what they ask for. */
export function toAuthenticate(known: readonly KnowsToken[]): (request: GateRequest) => Promise<Identity> {
  return async ({ token, access }) => {
    const identity = await firstOf(known, token);
    if (identity === null) throw new BfmError('auth.invalid', { message: 'invalid API token' });
    if (access === 'change' && identity.role !== 'admin') {
      throw new BfmError('auth.forbidden', {
        message: `${identity.name} may look at everything and change nothing`,
        next: 'Use a token of role admin.',
      });
    }
    return identity;
  };
}

async function firstOf(known: readonly KnowsToken[], token: string): Promise<Identity | null> {
  for (const knows of known) {
    const identity = await knows(token);
    if (identity !== null) return identity;
  }
  return null;
}

function hash(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
