import type {
  Audit,
  AuditEntry,
  AuditFilter,
  PageRequest,
  StateAction,
  StateActor,
  StatePage,
} from '@bfm/engine';
import { parsePage, toPage } from './paging.ts';
import type { StateTransaction } from './state-database.ts';

interface AuditRow extends Omit<AuditEntry, 'actor'> {
  readonly actor: string;
  readonly tokenId: string | null;
  readonly ip: string | null;
  readonly requestId: string | null;
}

/** What was done, as rows of `audit`. */
export class AuditTable implements Audit {
  readonly #transaction: StateTransaction;

  constructor(transaction: StateTransaction) {
    this.#transaction = transaction;
  }

  /** Writes an entry; the table lets none be changed. */
  async append(actor: StateActor, { action, object, result, detail }: StateAction): Promise<void> {
    const { name, tokenId, ip, requestId } = actor;
    const values = [name, tokenId, ip, action, object, result, requestId, JSON.stringify(detail)];
    await this.#transaction.query(APPEND, values);
  }

  async list({ actor, action, object }: AuditFilter, page: PageRequest): Promise<StatePage<AuditEntry>> {
    const cut = parsePage(page, ['bigint']);
    const rows = await this.#transaction.query<AuditRow>(LIST, [
      actor,
      action,
      object,
      ...cut.after,
      cut.limit,
    ]);
    return toPage(rows, cut, {
      item: ({ actor: name, tokenId, ip, requestId, ...entry }) => ({
        ...entry,
        actor: { name, tokenId, ip, requestId },
      }),
      key: ({ seq }) => [seq],
    });
  }
}

const APPEND = `
INSERT INTO audit (actor, token_id, ip, action, object, result, request_id, detail) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`;

const LIST = `
SELECT seq, at, actor, token_id AS "tokenId", ip, action, object, result, request_id AS "requestId", detail FROM audit
WHERE ($1::text IS NULL OR actor = $1) AND ($2::text IS NULL OR action = $2) AND ($3::text IS NULL OR object = $3)
  AND ($4::bigint IS NULL OR seq < $4::bigint) ORDER BY seq DESC LIMIT $5`;
