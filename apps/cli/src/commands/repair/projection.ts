import { BfmError } from '@bfm/core';

/** `bfm repair projection`: without a server there is nothing to build anew. */
export function runProjection(): Promise<number> {
  return Promise.reject(
    new BfmError('backend.capability_missing', {
      message:
        'there is no projection in direct mode: what ledgers say is read from the databases themselves, every time',
      next: 'bfm status reads the ledgers',
    }),
  );
}
