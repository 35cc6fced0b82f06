import { BfmError } from '@bfm/core';
import type { CheckedToken, NewToken, StoredToken, Tokens } from '@bfm/engine';
import type { StateTransaction } from './state-database.ts';

/** Tokens, as rows of `token`. */
export class TokenTable implements Tokens {
  readonly #transaction: StateTransaction;

  constructor(transaction: StateTransaction) {
    this.#transaction = transaction;
  }

  async forCheck(id: string): Promise<CheckedToken | null> {
    return (await this.#transaction.query<CheckedToken>(FOR_CHECK, [id]))[0] ?? null;
  }

  async list(): Promise<readonly StoredToken[]> {
    return this.#transaction.query<StoredToken>(LIST, []);
  }

  async create(token: NewToken): Promise<StoredToken> {
    const { id, kind, name, role, secretHash, lastFour, createdBy, lifetimeMs } = token;
    const values = [id, kind, name, role, secretHash, lastFour, createdBy, lifetimeMs];
    const [created] = await this.#transaction.query<StoredToken>(CREATE, values);
    if (created !== undefined) return created;
    throw new BfmError('token.name_taken', {
      message: `another valid token has the name ${name}; none was made`,
      details: { name },
      next: 'use another name, or revoke that token first: bfm token list shows them',
    });
  }

  async revoke(id: string): Promise<StoredToken> {
    return found(await this.#transaction.query<StoredToken>(REVOKE, [id]), id);
  }

  async retire(id: string, graceMs: number, retiredName: string): Promise<StoredToken> {
    return found(await this.#transaction.query<StoredToken>(RETIRE, [id, graceMs, retiredName]), id);
  }

  async noteUse(id: string): Promise<void> {
    await this.#transaction.query(NOTE_USE, [id]);
  }
}

function found([token]: readonly StoredToken[], id: string): StoredToken {
  if (token !== undefined) return token;
  throw new BfmError('token.not_found', {
    message: `there is no token ${id.slice(0, 16)}`,
    details: { id: id.slice(0, 16) },
    next: 'bfm token list shows the tokens there are',
  });
}

const SHOWN = `id, kind, name, role, last_four AS "lastFour", created_by AS "createdBy", created_at AS "createdAt",
  expires_at AS "expiresAt", last_used_at AS "lastUsedAt", revoked_at AS "revokedAt"`;

const FOR_CHECK = `
SELECT ${SHOWN}, secret_hash AS "secretHash", revoked_at IS NULL AND expires_at > clock_timestamp() AS "isValid" FROM token WHERE id = $1`;
const LIST = `SELECT ${SHOWN} FROM token ORDER BY name, id`;
const CREATE = `
INSERT INTO token (id, kind, name, role, secret_hash, last_four, created_by, created_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, now(), now() + $8::float8 * interval '1 millisecond')
ON CONFLICT (name) WHERE revoked_at IS NULL DO NOTHING RETURNING ${SHOWN}`;
const REVOKE = `UPDATE token SET revoked_at = coalesce(revoked_at, clock_timestamp()) WHERE id = $1 RETURNING ${SHOWN}`;
const RETIRE = `
UPDATE token SET name = $3, expires_at = greatest(least(expires_at, clock_timestamp() + $2::float8 * interval '1 millisecond'), created_at + interval '1 millisecond')
WHERE id = $1 AND revoked_at IS NULL RETURNING ${SHOWN}`;
const NOTE_USE = `
UPDATE token SET last_used_at = clock_timestamp() WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < clock_timestamp() - interval '1 minute')`;
