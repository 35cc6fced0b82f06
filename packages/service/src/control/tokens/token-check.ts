import { parseToken } from '@bfm/core';
import type { CheckedToken, Clock } from '@bfm/engine';
import type { Caller } from '../caller.ts';
import type { TokenContext } from './token-context.ts';

/** Whom a token is. */
export type Identity = Pick<Caller, 'name' | 'tokenId' | 'role'>;

/** What tokens are checked with. */
export interface TokenCheckOptions extends TokenContext {
  readonly clock: Clock;
  /** The admin token of the configuration, any text; `null` or empty: there is none. */
  readonly configured: string | null;
}

/** What was read of a token is believed so long: a revoked one is refused by all servers after it. */
const BELIEVED_MS = 3_000;
/** The same for what goes on, which is looked at in intervals besides. */
const BELIEVED_MEANWHILE_MS = 2_000;
/** A use is noted so often at most. */
const NOTED_EVERY_MS = 60_000;
/** Tokens remembered; beyond it those that were read first are read again. */
const REMEMBERED_MAX = 10_000;
/** Compared with when there is no such token, so that the time tells nothing. */
const NO_HASH = '0'.repeat(64);
const CONFIGURED_ID = 'configured';

interface Remembered {
  readonly readAtMs: number;
  readonly token: Promise<CheckedToken | null>;
}

/** Tells whom a token is, for all transports of a process. */
export class TokenCheck {
  readonly #options: TokenCheckOptions;
  readonly #configuredHash: string | null;
  readonly #remembered = new Map<string, Remembered>();
  readonly #notedAtMs = new Map<string, number>();

  constructor(options: TokenCheckOptions) {
    const { configured, crypto } = options;
    this.#options = options;
    this.#configuredHash = configured === null || configured === '' ? null : crypto.sha256(configured);
  }

  /**
   * Tells whom a token is. What is mistyped is refused without asking the state.
   *
   * @returns `null` for one that is unknown, revoked or expired: which of them is not told
   * @throws {state.unavailable} nobody can tell now; the configured token needs no state
   */
  async authenticate(text: string): Promise<Identity | null> {
    const { crypto } = this.#options;
    if (this.#configuredHash !== null && crypto.isEqual(crypto.sha256(text), this.#configuredHash)) {
      return { name: 'admin', tokenId: CONFIGURED_ID, role: 'admin' };
    }
    const given = parseToken(text);
    if (given === null) return null;
    const token = await this.#find(given.id);
    const hasSecret = crypto.isEqual(crypto.sha256(given.secret), token?.secretHash ?? NO_HASH);
    if (token === null || !hasSecret || !token.isValid || token.kind !== given.kind) return null;
    this.#noteUse(token.id);
    return { name: token.name, tokenId: token.id, role: token.role };
  }

  /** Tells whether a caller's token is good still: for answers that take long, such as streams. @throws {state.unavailable} */
  async isStillValid({ tokenId }: Identity): Promise<boolean> {
    if (tokenId === CONFIGURED_ID) return this.#configuredHash !== null;
    return tokenId !== null && (await this.#find(tokenId, BELIEVED_MEANWHILE_MS))?.isValid === true;
  }

  /** One look-up serves all who ask for a token at the same time, and for a moment after. */
  #find(id: string, believedMs = BELIEVED_MS): Promise<CheckedToken | null> {
    const nowMs = this.#options.clock.monotonicMs();
    const known = this.#remembered.get(id);
    if (known !== undefined && nowMs - known.readAtMs < believedMs) return known.token;
    const token = this.#options.state.read(({ tokens }) => tokens.forCheck(id));
    this.#remembered.delete(id);
    this.#remembered.set(id, { readAtMs: nowMs, token });
    // Ids that were made up take no place from those that are in use.
    const forget = (): void => {
      if (this.#remembered.get(id)?.token === token) this.#remembered.delete(id);
    };
    token.then((found) => {
      if (found === null) forget();
    }, forget);
    forgetOldest(this.#remembered);
    return token;
  }

  #noteUse(id: string): void {
    const nowMs = this.#options.clock.monotonicMs();
    if (nowMs - (this.#notedAtMs.get(id) ?? -Infinity) < NOTED_EVERY_MS) return;
    this.#notedAtMs.delete(id);
    this.#notedAtMs.set(id, nowMs);
    forgetOldest(this.#notedAtMs);
    // Nobody waits for it, and a request is not refused because it could not be noted: the next one notes it.
    this.#options.state.note(({ tokens }) => tokens.noteUse(id)).catch(() => this.#notedAtMs.delete(id));
  }
}

function forgetOldest(remembered: Map<string, unknown>): void {
  const [oldest] = remembered.keys();
  if (remembered.size > REMEMBERED_MAX && oldest !== undefined) remembered.delete(oldest);
}
