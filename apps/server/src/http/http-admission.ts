import { BfmError, isBfmError } from '@bfm/core';
import { readBearerToken, toInvalidToken } from './bearer-token.ts';
import { type Budget, RequestBudgets } from './request-budgets.ts';
import type { RouteAccess } from './route.ts';

/** Who wants what, before anybody knows whether they may. */
export interface HttpAdmissionRequest {
  /** Without `Bearer`; not yet looked at. */
  readonly token: string;
  readonly access: Exclude<RouteAccess, 'open'>;
  /** `GET /api/v1/runs/:id`: the route, not the path. */
  readonly method: string;
  /** Address of the client. */
  readonly peer: string;
}

/** Finds out who calls, or refuses by throwing a `BfmError` of category `unauthenticated` or `forbidden`. */
export type HttpAuthenticate<Caller> = (request: HttpAdmissionRequest) => Promise<Caller>;

/** What {@link HttpAdmission} needs. */
export interface HttpAdmissionOptions<Caller> {
  readonly authenticate: HttpAuthenticate<Caller>;
  /** What a caller's requests are counted under. */
  readonly budgetKeyOf: (caller: Caller) => string;
  readonly tokenBudget: Budget;
  /** Refused tokens, per address. */
  readonly failureBudget: Budget;
  /** No refusal of a token is sent sooner than this after its request, so that its time does not tell why. */
  readonly refusalMs: number;
  readonly nowMs: () => number;
}

/** A request whose sender is not known yet. */
export interface Stranger {
  /** `undefined` when nobody has said what its route asks for: that is a refusal. */
  readonly access: RouteAccess | undefined;
  readonly method: string;
  readonly peer: string;
  /** Every Authorization header as it came. */
  readonly authorization: readonly string[];
}

/** Stands before every route: a body is not read before somebody was let in. */
export class HttpAdmission<Caller> {
  readonly #options: HttpAdmissionOptions<Caller>;
  readonly #failures: RequestBudgets;
  readonly #requests: RequestBudgets;

  constructor(options: HttpAdmissionOptions<Caller>) {
    this.#options = options;
    this.#failures = new RequestBudgets(options.failureBudget, options.nowMs);
    this.#requests = new RequestBudgets(options.tokenBudget, options.nowMs);
  }

  /**
   * Who it is; `null` on an open route.
   *
   * @throws {auth.missing} no token
   * @throws {auth.invalid} a token that is not accepted
   * @throws {auth.forbidden} a caller who may not do this, or a route that is open to nobody
   * @throws {request.too_many} too many requests, or too many refused tokens from this address
   */
  async admit({ access, method, peer, authorization }: Stranger): Promise<Caller | null> {
    if (access === 'open') return null;
    if (access === undefined) {
      throw new BfmError('auth.forbidden', {
        message: 'The route is open to nobody.',
        next: 'Call another one.',
      });
    }
    refuseAfter(this.#failures.ask(peer), 'Too many tokens of this address were refused.');
    const caller = await this.#identify({ access, method, peer, authorization });
    refuseAfter(this.#requests.take(this.#options.budgetKeyOf(caller)), 'Too many requests with this token.');
    return caller;
  }

  async #identify({
    authorization,
    ...who
  }: Stranger & Pick<HttpAdmissionRequest, 'access'>): Promise<Caller> {
    const refusable = Promise.withResolvers<undefined>();
    const timer = setTimeout(() => refusable.resolve(undefined), this.#options.refusalMs);
    try {
      const caller = await this.#options.authenticate({ ...who, token: readBearerToken(authorization) });
      clearTimeout(timer);
      return caller;
    } catch (error) {
      const refused = isBfmError(error) && error.spec.category === 'unauthenticated';
      if (!refused) {
        clearTimeout(timer);
        throw error;
      }
      this.#failures.take(who.peer);
      await refusable.promise;
      throw isFormat(error, authorization) ? error : toInvalidToken(error);
    }
  }
}

/** Whether a refusal is about how the token was sent, which its sender may know. */
function isFormat(error: BfmError, authorization: readonly string[]): boolean {
  try {
    readBearerToken(authorization);
    return false;
  } catch (format) {
    return isBfmError(format) && format.message === error.message;
  }
}

function refuseAfter(retrySeconds: number, message: string): void {
  if (retrySeconds === 0) return;
  throw new BfmError('request.too_many', {
    message,
    details: { retrySeconds },
    next: `Wait ${retrySeconds} s.`,
  });
}
