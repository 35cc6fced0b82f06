import { BfmError, isBfmError } from '@bfm/core';
import { Guesses } from './guesses.ts';
import { type Budget, RequestBudgets } from './request-budgets.ts';

/** What a request asks to be allowed. */
export type RequestAccess = 'read' | 'change';

/** Who wants what, before anybody knows whether they may. */
export interface GateRequest {
  /** Without `Bearer`; not yet looked at. */
  readonly token: string;
  readonly access: RequestAccess;
  /** The route or method, such as `GET /api/v1/runs/:id` or `/package.Service/Method`. */
  readonly method: string;
  /** Address of the client, without a port. */
  readonly peer: string;
  /** `null`: the request has none. */
  readonly requestId: string | null;
}

/** Finds out who calls, or refuses by throwing a `BfmError` of category `unauthenticated` or `forbidden`. */
export type Authenticate<Caller> = (request: GateRequest) => Promise<Caller>;

/** How much is let through. */
export interface GateLimits {
  /** Requests of one token. */
  readonly tokenBudget: Budget;
  /** Refused tokens of one address. */
  readonly failureBudget: Budget;
  /** No refusal of a token is sent sooner than this after its request, so that its time does not tell why. */
  readonly refusalMs: number;
}

/** What the contract says. */
export const DEFAULT_GATE_LIMITS: GateLimits = {
  tokenBudget: { perSecond: 200, burst: 1_000 },
  failureBudget: { perSecond: 50 / 60, burst: 50 },
  refusalMs: 20,
};

/** What a {@link Gate} is made of. */
export interface GateOptions<Caller> {
  /** Refuses by throwing a `BfmError` of category `unauthenticated`. */
  readonly authenticate: Authenticate<Caller>;
  /** Throws for what a known caller may not do; such a request counts like any other of theirs. */
  readonly authorise: (caller: Caller, request: GateRequest) => Promise<void>;
  /** What a caller's requests are counted under: the id of the token. */
  readonly budgetKeyOf: (caller: Caller) => string;
  readonly limits: GateLimits;
  /** A clock that only goes forward. */
  readonly nowMs: () => number;
}

/** Stands before all transports of a process, so that its budgets are the same whichever is used. */
export class Gate<Caller> {
  readonly #options: GateOptions<Caller>;
  readonly #guesses: Guesses;
  readonly #requests: RequestBudgets;

  constructor(options: GateOptions<Caller>) {
    const { limits, nowMs } = options;
    this.#options = options;
    this.#guesses = new Guesses(new RequestBudgets(limits.failureBudget, nowMs));
    this.#requests = new RequestBudgets(limits.tokenBudget, nowMs);
  }

  /**
   * Who it is.
   *
   * @throws {auth.invalid} a token that is not accepted, in the same words and after the same time whatever is wrong with it
   * @throws {auth.forbidden} a caller who may not do this
   * @throws {request.too_many} too many requests, or too many refused tokens from this address
   */
  readonly admit: Authenticate<Caller> = async (request) => {
    const end = await this.#guesses.begin(request.peer);
    if (typeof end === 'number') throw toTooMany(end, 'Too many tokens of this address were refused.');
    const caller = await this.#identify(request, end);
    const waitSeconds = this.#requests.take(this.#options.budgetKeyOf(caller));
    if (waitSeconds > 0) throw toTooMany(waitSeconds, 'Too many requests with this token.');
    await this.#options.authorise(caller, request);
    return caller;
  };

  async #identify(request: GateRequest, end: (refused: boolean) => void): Promise<Caller> {
    const refusable = Promise.withResolvers<undefined>();
    const timer = setTimeout(() => refusable.resolve(undefined), this.#options.limits.refusalMs);
    let refused = false;
    try {
      return await this.#options.authenticate(request);
    } catch (error) {
      refused = isBfmError(error) && error.spec.category === 'unauthenticated';
      if (!refused) throw error;
      end(true);
      await refusable.promise;
      throw toInvalidToken(error);
    } finally {
      clearTimeout(timer);
      if (!refused) end(false);
    }
  }
}

/** The one answer to every token that is not accepted: unknown, revoked and expired ones are not told apart. */
function toInvalidToken(cause: unknown): BfmError {
  return new BfmError('auth.invalid', {
    message: 'invalid API token',
    next: 'Send the header `Authorization: Bearer TOKEN`.',
    cause,
  });
}

function toTooMany(retrySeconds: number, message: string): BfmError {
  return new BfmError('request.too_many', {
    message,
    details: { retrySeconds },
    next: `Wait ${retrySeconds} s.`,
  });
}
