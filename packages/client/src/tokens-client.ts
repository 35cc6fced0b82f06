import type { MadeToken, Token, TokenOrder, TokenRotation } from './api-types.ts';
import type { CallOptions, RequestSender } from './request-sender.ts';

/** The tokens of a server, for admins. */
export class TokensClient {
  readonly #sender: RequestSender;

  constructor(sender: RequestSender) {
    this.#sender = sender;
  }

  /** All of them by name, revoked and expired ones too. */
  async list(options?: CallOptions): Promise<readonly Token[]> {
    const answer = await this.#sender.json({ method: 'GET', path: '/api/v1/tokens' }, options);
    return (answer as { readonly tokens: readonly Token[] }).tokens;
  }

  /**
   * Makes one; its text is told now and never again. Asked once only: a text that got lost on its way is of no use to anybody.
   *
   * @throws ConflictError when another valid token has the name
   */
  async create(order: TokenOrder, options?: CallOptions): Promise<MadeToken> {
    const asked = { method: 'POST', path: '/api/v1/tokens', body: order } as const;
    return (await this.#sender.json(asked, { ...options, retries: 0 })) as MadeToken;
  }

  /** Makes a successor of one, named by id or name; asked once only, as {@link create} is. @throws NotFoundError */
  async rotate(named: string, rotation: TokenRotation = {}, options?: CallOptions): Promise<MadeToken> {
    const asked = { method: 'POST', path: tokenPath(named, 'rotate'), body: rotation } as const;
    return (await this.#sender.json(asked, { ...options, retries: 0 })) as MadeToken;
  }

  /** Ends one for good, named by id or name. @throws NotFoundError */
  async revoke(named: string, options?: CallOptions): Promise<Token> {
    const answer = await this.#sender.json({ method: 'POST', path: tokenPath(named, 'revoke') }, options);
    return (answer as { readonly token: Token }).token;
  }
}

function tokenPath(named: string, word: string): string {
  return `/api/v1/tokens/${encodeURIComponent(named)}/${word}`;
}
