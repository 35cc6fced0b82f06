import type { ConnectionSlots, SlotAnswer, SlotRequest } from '@bfm/engine';
import type { StateTransaction } from './state-database.ts';

/** Budgets of connections. A store's row is locked before its slots are looked at, so that nobody counts wrongly. */
export class SlotTable implements ConnectionSlots {
  readonly #transaction: StateTransaction;

  constructor(transaction: StateTransaction) {
    this.#transaction = transaction;
  }

  async take({ store, holder, budget, leaseMs }: SlotRequest): Promise<SlotAnswer> {
    const { query } = this.#transaction;
    await query(KNOW_STORE, [store]);
    await query(LOCK_STORE, [store]);
    await query(END_SLOTS, [store]);
    await query(END_WAITING, [store]);
    const [renewed] = await query<{ slot: number }>(RENEW, [store, holder, leaseMs]);
    if (renewed !== undefined) return { ok: true, slot: renewed.slot };
    await query(WAIT, [store, holder, leaseMs]);
    const [taken] = await query<{ slot: number }>(TAKE, [store, holder, budget, leaseMs]);
    if (taken === undefined) {
      const [queue] = await query<{ ahead: number }>(AHEAD, [store, holder]);
      return { ok: false, ahead: queue?.ahead ?? 0 };
    }
    await query(WAIT_NO_MORE, [store, holder]);
    return { ok: true, slot: taken.slot };
  }

  async release(store: string, holder: string): Promise<void> {
    await this.#transaction.query(RELEASE, [store, holder]);
    await this.#transaction.query(WAIT_NO_MORE, [store, holder]);
  }

  async waiting(store: string): Promise<number> {
    return (await this.#transaction.query<{ count: number }>(WAITING, [store]))[0]?.count ?? 0;
  }
}

const KNOW_STORE = `INSERT INTO slot_store (store) VALUES ($1) ON CONFLICT DO NOTHING`;
const LOCK_STORE = `SELECT store FROM slot_store WHERE store = $1 FOR UPDATE`;
const END_SLOTS = `DELETE FROM connection_slot WHERE store = $1 AND lease_until <= clock_timestamp()`;
const END_WAITING = `DELETE FROM slot_waiter WHERE store = $1 AND waits_until <= clock_timestamp()`;
const RENEW = `
UPDATE connection_slot SET lease_until = clock_timestamp() + $3::float8 * interval '1 millisecond' WHERE store = $1 AND holder = $2 RETURNING slot`;
const WAIT = `
INSERT INTO slot_waiter (store, holder, waits_until) VALUES ($1, $2, clock_timestamp() + $3::float8 * interval '1 millisecond')
ON CONFLICT (store, holder) DO UPDATE SET waits_until = excluded.waits_until`;
const AHEAD = `
SELECT count(*)::integer AS ahead FROM slot_waiter
WHERE store = $1 AND ticket < (SELECT ticket FROM slot_waiter WHERE store = $1 AND holder = $2)`;
// Free slots go to those who have waited longest; with a smaller budget than others have, slots beyond it count as taken.
const TAKE = `
INSERT INTO connection_slot (store, slot, holder, lease_until)
SELECT $1, min(free.slot), $2, clock_timestamp() + $4::float8 * interval '1 millisecond'
FROM generate_series(1, $3::integer) AS free (slot)
WHERE NOT EXISTS (SELECT 1 FROM connection_slot AS used WHERE used.store = $1 AND used.slot = free.slot)
HAVING $3::integer - (SELECT count(*) FROM connection_slot WHERE store = $1)
  > (SELECT count(*) FROM slot_waiter WHERE store = $1 AND ticket < (SELECT ticket FROM slot_waiter WHERE store = $1 AND holder = $2))
RETURNING slot`;
const WAIT_NO_MORE = `DELETE FROM slot_waiter WHERE store = $1 AND holder = $2`;
const RELEASE = `DELETE FROM connection_slot WHERE store = $1 AND holder = $2`;
const WAITING = `SELECT count(*)::integer AS count FROM slot_waiter WHERE store = $1 AND waits_until > clock_timestamp()`;
