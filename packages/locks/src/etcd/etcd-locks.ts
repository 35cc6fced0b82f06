import {
  RenewedLease,
  type Grant,
  type HeldLease,
  type LeaseAttempt,
  type LeaseHolder,
  type LockProvider,
} from '@bfm/engine';
import { parse, readHolder, toHolderText } from '../holder-text.ts';
import type { LockSurroundings } from '../lock-surroundings.ts';
import { lockUnreachable, reaching, type Unreachable } from '../unreachable.ts';
import { EtcdGateway, EtcdRefusal, type EtcdAnswer, type EtcdGatewayOptions } from './etcd-gateway.ts';

/** Where an etcd is, and what its keys begin with. */
export interface EtcdLocksOptions extends LockSurroundings, Omit<EtcdGatewayOptions, 'timeoutMs' | 'clock'> {
  readonly prefix: string;
  /** Milliseconds since 1970: etcd keeps no time, so that a holder writes down its own. */
  readonly nowMs: () => number;
}

/** The longest that one request may take, in milliseconds; a third of the lease if that is shorter. */
const REQUEST_MS = 5_000;

/**
 * Leases of etcd: a key that is created only if nobody holds it, and that goes with its lease. The token is the key's
 * create revision, which grows over the whole store. A keepalive without a time to live is no error to etcd, and means
 * that the lease is gone.
 *
 * @throws {lock.unreachable}
 */
export async function openEtcdLocks(options: EtcdLocksOptions): Promise<LockProvider> {
  const timeoutMs = Math.min(REQUEST_MS, options.ttlMs / 3);
  const gateway = new EtcdGateway({ ...options, timeoutMs });
  const locks = new EtcdLocks(gateway, options);
  try {
    // A linearizable read: it fails where no quorum is.
    await locks.list();
  } catch (error) {
    gateway.close();
    throw error;
  }
  return locks;
}

class EtcdLocks implements LockProvider {
  readonly kind = 'etcd';
  readonly address: string;
  readonly #gateway: EtcdGateway;
  readonly #options: EtcdLocksOptions;

  constructor(gateway: EtcdGateway, options: EtcdLocksOptions) {
    this.#gateway = gateway;
    this.#options = options;
    this.address = `etcd at ${options.endpoints.map((endpoint) => new URL(endpoint).host).join(', ')}`;
  }

  async tryAcquire(key: string, holder: LeaseHolder): Promise<LeaseAttempt> {
    const { clock, ttlMs } = this.#options;
    return this.#reaching(async () => {
      // First a look: a lease for each look of those who wait would be many.
      const there = await this.#heldAt(key);
      if (there !== null) return { ok: false, held: there };
      const askedAtMs = clock.monotonicMs();
      const lease = await this.#newLease();
      const token = await this.#create(key, lease, holder).catch(async (error: unknown) => {
        await this.#revoke(lease).catch(() => undefined);
        throw error;
      });
      if (token === null) {
        await this.#revoke(lease);
        return { ok: false, held: await this.#heldAt(key) };
      }
      const what = `${holder.connection}/${holder.schema} at ${this.address}`;
      const grant = this.#grant({ key, token, lease, askedAtMs });
      return { ok: true, lease: new RenewedLease(grant, { clock, ttlMs, what }) };
    });
  }

  async list(): Promise<readonly HeldLease[]> {
    return this.#reaching(async () => {
      const prefix = this.#keyOf('');
      const { kvs } = await this.#gateway.call('kv/range', {
        key: base64(prefix),
        range_end: base64(after(prefix)),
      });
      const held: HeldLease[] = [];
      for (const kv of toList(kvs)) {
        const found = await this.#toHeld(textOf(kv['key']).slice(prefix.length), kv);
        if (found !== null) held.push(found);
      }
      return held;
    });
  }

  async release(token: string): Promise<HeldLease | null> {
    const held = (await this.list()).find((lease) => lease.token === token);
    if (held === undefined) return null;
    return this.#reaching(async () => {
      const kv = await this.#kvOf(held.key);
      if (kv?.['create_revision'] !== token) return null;
      await this.#revoke(wordOf(kv['lease']));
      return held;
    });
  }

  close(): Promise<void> {
    this.#gateway.close();
    return Promise.resolve();
  }

  /**
   * Creates the key unless it is there.
   *
   * @returns its revision; `null` when somebody else's is there
   */
  async #create(key: string, lease: string, holder: LeaseHolder): Promise<string | null> {
    const name = base64(this.#keyOf(key));
    const since = new Date(this.#options.nowMs()).toISOString();
    const value = base64(JSON.stringify({ since, holder: toHolderText(holder) }));
    const { succeeded, header } = await this.#gateway.call('kv/txn', {
      compare: [{ key: name, target: 'CREATE', result: 'EQUAL', create_revision: '0' }],
      success: [{ request_put: { key: name, value, lease } }],
      failure: [],
    });
    if (succeeded === true) return wordOf((header as EtcdAnswer)['revision']);
    // Asked a second time, because the first answer was lost, it finds its own.
    const there = await this.#kvOf(key);
    return there !== null && there['lease'] === lease ? wordOf(there['create_revision']) : null;
  }

  #grant(made: {
    readonly key: string;
    readonly token: string;
    readonly lease: string;
    readonly askedAtMs: number;
  }): Grant {
    const { key, token, lease, askedAtMs } = made;
    return {
      token,
      askedAtMs,
      renew: async () => {
        const { result } = await this.#gateway.call('lease/keepalive', { ID: lease });
        const left = Number((result as EtcdAnswer | undefined)?.['TTL'] ?? 0);
        return left > 0 && (await this.#kvOf(key))?.['create_revision'] === token;
      },
      release: () => this.#revoke(lease),
    };
  }

  async #revoke(lease: string): Promise<void> {
    await this.#gateway.call('lease/revoke', { ID: lease }).catch((error: unknown) => {
      // It has ended by itself.
      if (!(error instanceof EtcdRefusal && error.message.includes('lease not found'))) throw error;
    });
  }

  async #heldAt(key: string): Promise<HeldLease | null> {
    const kv = await this.#kvOf(key);
    if (kv === null) return null;
    return this.#toHeld(key, kv['lease'] === undefined ? await this.#endInTime(key, kv) : kv);
  }

  async #newLease(): Promise<string> {
    const seconds = Math.ceil(this.#options.ttlMs / 1000);
    const { ID } = await this.#gateway.call('lease/grant', { TTL: String(seconds) });
    return wordOf(ID);
  }

  /** A key without a lease, which none of BFM's is, would keep everybody waiting for ever: it gets one. */
  async #endInTime(key: string, kv: EtcdAnswer): Promise<EtcdAnswer> {
    const name = base64(this.#keyOf(key));
    const lease = await this.#newLease();
    await this.#gateway.call('kv/txn', {
      compare: [{ key: name, target: 'MOD', result: 'EQUAL', mod_revision: wordOf(kv['mod_revision']) }],
      success: [{ request_put: { key: name, ignore_value: true, lease } }],
      failure: [],
    });
    return { ...kv, lease };
  }

  async #kvOf(key: string): Promise<EtcdAnswer | null> {
    const { kvs } = await this.#gateway.call('kv/range', { key: base64(this.#keyOf(key)) });
    return toList(kvs)[0] ?? null;
  }

  async #toHeld(key: string, kv: EtcdAnswer): Promise<HeldLease | null> {
    const { TTL } = await this.#gateway.call('lease/timetolive', { ID: kv['lease'] ?? '0' });
    const seconds = Number(TTL ?? 0);
    // Its lease has ended, and the key is about to go.
    if (seconds < 0) return null;
    const value = parse(textOf(kv['value']));
    return {
      key,
      token: wordOf(kv['create_revision']),
      holder: readHolder(wordOf(value['holder'])),
      since: wordOf(value['since']),
      endsInMs: seconds * 1000,
    };
  }

  #keyOf(key: string): string {
    return `${this.#options.prefix}/lease/${key}`;
  }

  async #reaching<T>(work: () => Promise<T>): Promise<T> {
    return reaching(this.address, async () => {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof EtcdRefusal)) throw error;
        throw lockUnreachable(this.address, { ...explain(error.message), cause: error });
      }
    });
  }
}

/** What etcd's words mean for whoever wants a lease. */
function explain(said: string): Unreachable {
  if (said.includes('space exceeded')) {
    return {
      why: `${said} (alarm NOSPACE: it takes no writes)`,
      next: 'make room with etcdctl compact and etcdctl defrag, end the alarm with etcdctl alarm disarm, then run the same command again',
    };
  }
  if (/timed out|no leader|leader changed|leader failed/.test(said)) {
    return {
      why: `${said} (no majority of the members answers)`,
      next: 'see with etcdctl endpoint status --cluster which members are down, then run the same command again',
    };
  }
  if (/authentication failed|permission denied|user name is empty|invalid auth token|auth store/.test(said)) {
    return {
      why: said,
      next: 'set the user and the password of BFM_LOCK_URL to those of somebody who may read and write keys below lock.prefix',
    };
  }
  return { why: said };
}

/** Numbers of 64 bits are texts. */
function wordOf(value: unknown): string {
  return typeof value === 'string' ? value : '?';
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}

function textOf(value: unknown): string {
  return Buffer.from(wordOf(value), 'base64').toString('utf8');
}

function toList(value: unknown): readonly EtcdAnswer[] {
  return Array.isArray(value) ? (value as readonly EtcdAnswer[]) : [];
}

/** The first key behind all that begin with a prefix. */
function after(prefix: string): string {
  return prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1);
}
