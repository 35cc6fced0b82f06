import { BfmError } from '@bfm/core';
import type { Authenticate } from '../admission/gate.ts';
import { readBearerToken } from './bearer-token.ts';
import type { RouteAccess } from './route.ts';

/** A request whose sender is not known yet. */
export interface Stranger {
  /** `undefined` when nobody has said what its route asks for: that is a refusal. */
  readonly access: RouteAccess | undefined;
  /** `GET /api/v1/runs/:id`: the route, not the path. */
  readonly method: string;
  readonly peer: string;
  readonly requestId: string;
  /** Every Authorization header as it came. */
  readonly authorization: readonly string[];
}

/** Stands before every route: a body is not read before somebody was let in. */
export class HttpAdmission<Caller> {
  readonly #authenticate: Authenticate<Caller>;

  constructor({ authenticate }: { readonly authenticate: Authenticate<Caller> }) {
    this.#authenticate = authenticate;
  }

  /**
   * Who it is; `null` on an open route.
   *
   * @throws {auth.missing} no token
   * @throws {auth.invalid} the header holds no token, or one that is not accepted
   * @throws {auth.forbidden} a caller who may not do this, or a route that is open to nobody
   * @throws {request.too_many} too many requests, or too many refused tokens from this address
   */
  async admit({ access, authorization, ...who }: Stranger): Promise<Caller | null> {
    if (access === 'open') return null;
    if (access === undefined) {
      throw new BfmError('auth.forbidden', {
        message: 'The route is open to nobody.',
        next: 'Call another one.',
      });
    }
    return this.#authenticate({ ...who, access, token: readBearerToken(authorization) });
  }
  /** Who it is on a route that is open to everybody; `null`: nobody who may read, or nobody can tell so soon. */
  async recognise({ authorization, ...who }: Stranger, withinMs: number): Promise<Caller | null> {
    if (authorization.length === 0) return null;
    const late = Promise.withResolvers<null>();
    const timer = setTimeout(() => late.resolve(null), withinMs);
    try {
      const token = readBearerToken(authorization);
      return await Promise.race([this.#authenticate({ ...who, access: 'read', token }), late.promise]);
    } catch {
      return null;
    } finally {
      clearTimeout(timer);
    }
  }
}
