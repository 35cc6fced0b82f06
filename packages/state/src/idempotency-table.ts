import { BfmError } from '@bfm/core';
import type { IdempotencyClaim, IdempotencyKeys, IdempotentAnswer } from '@bfm/engine';
import type { StateTransaction } from './state-database.ts';

interface KeptKey extends IdempotentAnswer {
  readonly requestHash: string;
}

/** Keys of requests that may come twice, as rows of `idempotency_key`. */
export class IdempotencyTable implements IdempotencyKeys {
  readonly #transaction: StateTransaction;

  constructor(transaction: StateTransaction) {
    this.#transaction = transaction;
  }

  async claim(claim: IdempotencyClaim): Promise<IdempotentAnswer | null> {
    const { caller, route, key, requestHash, keptMs, busyMs } = claim;
    const claimed = await this.#transaction.query(CLAIM, [caller, route, key, requestHash, keptMs, busyMs]);
    if (claimed.length > 0) return null;
    const [kept] = await this.#transaction.query<KeptKey>(KEPT, [caller, route, key]);
    // Whoever had it was aborted or swept meanwhile.
    if (kept === undefined) throw inProgress();
    if (kept.requestHash !== requestHash) throw keyReused();
    if (kept.runId === null && kept.response === null) throw inProgress();
    return { runId: kept.runId, response: kept.response };
  }

  async answer(
    { caller, route, key }: IdempotencyClaim,
    { runId, response }: IdempotentAnswer,
  ): Promise<void> {
    const text = response === null ? null : JSON.stringify(response);
    await this.#transaction.query(ANSWER, [caller, route, key, runId, text]);
  }

  async sweep(limit: number): Promise<number> {
    return (await this.#transaction.query(SWEEP, [limit])).length;
  }
}

function keyReused(): BfmError {
  return new BfmError('idempotency.key_reused', {
    message: 'this Idempotency-Key came before with another request; nothing was changed',
    next: 'send a new key with a new request',
  });
}

function inProgress(): BfmError {
  return new BfmError('idempotency.in_progress', {
    message: 'a request with this Idempotency-Key is under way, and has no answer yet',
    next: 'send the same request again a little later',
  });
}

// Waits for another transaction that claims the same key. What it then finds is claimed anew when its time is over, or
// when whoever had it died without an answer.
const CLAIM = `
INSERT INTO idempotency_key (caller, route, key, request_hash, busy_until, expires_at)
VALUES ($1, $2, $3, $4, clock_timestamp() + least($6::float8, $5::float8) * interval '1 millisecond', clock_timestamp() + $5::float8 * interval '1 millisecond' + interval '1 second')
ON CONFLICT (caller, route, key) DO UPDATE SET request_hash = excluded.request_hash, run_id = NULL, response = NULL,
  created_at = excluded.created_at, busy_until = excluded.busy_until, expires_at = excluded.expires_at
WHERE idempotency_key.expires_at <= clock_timestamp()
  OR (idempotency_key.run_id IS NULL AND idempotency_key.response IS NULL AND idempotency_key.busy_until <= clock_timestamp()
      AND idempotency_key.request_hash = excluded.request_hash)
RETURNING key`;

const KEPT = `
SELECT request_hash AS "requestHash", run_id AS "runId", response FROM idempotency_key WHERE caller = $1 AND route = $2 AND key = $3`;

const ANSWER = `UPDATE idempotency_key SET run_id = $4, response = $5 WHERE caller = $1 AND route = $2 AND key = $3`;

const SWEEP = `
DELETE FROM idempotency_key WHERE (caller, route, key) IN (
  SELECT caller, route, key FROM idempotency_key WHERE expires_at <= clock_timestamp() ORDER BY expires_at LIMIT $1
  FOR UPDATE SKIP LOCKED) RETURNING key`;
