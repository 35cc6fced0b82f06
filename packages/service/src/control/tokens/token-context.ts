import type { StateStore } from '@bfm/engine';

/** What only a platform can do: chance, hashes, and comparing without telling by the time it takes. */
export interface TokenCrypto {
  /** From a generator that nobody can foresee. */
  randomBytes(count: number): Uint8Array;
  /** SHA-256 of the UTF-8 bytes, in lower-case hex. */
  sha256(text: string): string;
  /** Takes the same time wherever two texts of the same length differ. */
  isEqual(one: string, other: string): boolean;
}

/** What use cases of tokens work with. */
export interface TokenContext {
  readonly state: StateStore;
  readonly crypto: TokenCrypto;
}
