import { BfmError, utf8Length } from '@bfm/core';
import { canonicalJson, type Hasher } from '@bfm/engine';
import type { OrderKey } from './run-order.ts';

const BYTES_MAX = 255;

/** A request that a client may send again, over whichever transport. */
export interface Repeatable {
  /** In the words of use cases, not of a transport: the same request over another one is the same. */
  readonly route: string;
  /** As it was sent; `null`: none was. */
  readonly key: string | null;
  /** What is asked for, with its defaults filled in. */
  readonly request: unknown;
}

/** The key of a request; `null` when its client will not repeat it. @throws {request.invalid} */
export function toOrderKey({ route, key, request }: Repeatable, hasher: Hasher): OrderKey | null {
  if (key === null) return null;
  const bytes = utf8Length(key);
  if (bytes === 0 || bytes > BYTES_MAX || !key.isWellFormed() || key.includes('\0')) {
    throw new BfmError('request.invalid', {
      message: `an Idempotency-Key has 1 to ${BYTES_MAX} bytes; this one has ${bytes}`,
      next: 'send a UUID; nothing was done',
    });
  }
  return { route, key, requestHash: hasher.sha256(canonicalJson(request)) };
}
