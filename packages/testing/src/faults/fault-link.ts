import type { Socket } from 'node:net';
import { CommitTrace } from './commit-trace.ts';
import type { ArmedRule, Direction, Fault } from './fault-rule.ts';
import { OneWay } from './one-way.ts';
import { asksForEncryption, PgFrames, sqlOf, type PgFrame } from './pg-frames.ts';

/** What one proxied connection is made of. */
export interface FaultLinkInit {
  readonly client: Socket;
  readonly server: Socket;
  /** `raw`: nothing but bytes is looked at. */
  readonly protocol: 'postgresql' | 'raw';
  readonly rules: () => readonly ArmedRule[];
  readonly counted: (what: LinkCount, by: number) => void;
  readonly ended: () => void;
}

/** What is counted of connections. */
export type LinkCount =
  'bytesToServer' | 'bytesToClient' | 'commitsAsked' | 'commitsDone' | 'cut' | 'blackholed';

/** One connection through a proxy, and the faults that happen to it. */
export class FaultLink {
  readonly #init: FaultLinkInit;
  readonly #ways: Readonly<Record<Direction, OneWay>>;
  readonly #frames = { 'to-server': new PgFrames('client'), 'to-client': new PgFrames('server') };
  readonly #trace = new CommitTrace();
  readonly #passed = { 'to-server': 0, 'to-client': 0 };
  #isOver = false;

  constructor(init: FaultLinkInit) {
    const { client, server, counted } = init;
    this.#init = init;
    this.#ways = {
      'to-server': new OneWay(server, (bytes) => {
        counted('bytesToServer', bytes);
      }),
      'to-client': new OneWay(client, (bytes) => {
        counted('bytesToClient', bytes);
      }),
    };
    this.#pipe(client, 'to-server');
    this.#pipe(server, 'to-client');
  }

  /** Does to the connection what a fault says. */
  suffer(fault: Fault): void {
    if (this.#isOver) return;
    if (fault === 'cut') {
      this.#init.counted('cut', 1);
      this.reset();
      return;
    }
    this.#init.counted('blackholed', 1);
    const directions: readonly Direction[] =
      fault === 'blackhole' ? ['to-server', 'to-client'] : [fault.blackhole];
    for (const direction of directions) this.#ways[direction].set({ held: true, latencyMs: 0 });
  }

  /** What was held passes now, and all that comes is so late. */
  heal(latencyMs: number): void {
    for (const way of Object.values(this.#ways)) way.set({ held: false, latencyMs });
  }

  /** Ends both sides with a reset, as a machine that has gone does when it is back. */
  reset(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const { client, server, ended } = this.#init;
    for (const way of Object.values(this.#ways)) way.drop();
    for (const socket of [client, server]) {
      if (socket.connecting) socket.destroy();
      else socket.resetAndDestroy();
    }
    ended();
  }

  #pipe(source: Socket, direction: Direction): void {
    const way = this.#ways[direction];
    source.on('data', (chunk) => {
      this.#take(chunk, direction);
    });
    source.on('end', () => {
      way.push(null);
    });
    // The other side hears of an end only while something passes in that direction.
    source.on('error', () => {
      if (!way.held) this.reset();
    });
    source.on('close', () => {
      way.push(null);
      if (this.#init.client.destroyed && this.#init.server.destroyed) this.reset();
    });
  }

  #take(chunk: Buffer, direction: Direction): void {
    if (this.#init.protocol === 'raw') {
      this.#pass(chunk, direction);
      return;
    }
    for (const frame of this.#frames[direction].push(chunk)) {
      if (this.#isOver) return;
      if (direction === 'to-server') this.#fromClient(frame);
      else this.#fromServer(frame);
    }
  }

  #fromClient(frame: PgFrame): void {
    if (asksForEncryption(frame)) for (const frames of Object.values(this.#frames)) frames.expectUntyped();
    const commit = this.#trace.sent(frame);
    if (commit !== null) this.#init.counted('commitsAsked', 1);
    const before = commit === null ? undefined : this.#rule((rule) => rule.meetsCommit(commit));
    if (before !== undefined) this.#trip(before);
    this.#pass(frame.bytes, 'to-server');
    const sql = sqlOf(frame);
    const after = sql === null ? undefined : this.#rule((rule) => rule.meetsStatement(sql));
    if (after !== undefined) this.#trip(after);
  }

  #fromServer(frame: PgFrame): void {
    const commit = this.#trace.answered(frame);
    if (commit !== null) this.#init.counted('commitsDone', 1);
    const rule = commit === null ? undefined : this.#rule((candidate) => candidate.meetsCommit(commit));
    if (rule !== undefined) this.#trip(rule);
    this.#pass(frame.bytes, 'to-client');
  }

  #pass(bytes: Buffer, direction: Direction): void {
    if (this.#isOver) return;
    const limit = this.#rule((rule) => this.#room(rule, direction) < bytes.length);
    const allowed = limit === undefined ? bytes : bytes.subarray(0, this.#room(limit, direction));
    this.#passed[direction] += allowed.length;
    if (allowed.length > 0) this.#ways[direction].push(allowed);
    if (limit === undefined) return;
    this.#trip(limit);
    this.#pass(bytes.subarray(allowed.length), direction);
  }

  #room(rule: ArmedRule, direction: Direction): number {
    return rule.bytesLeft(direction, this.#passed[direction]) ?? Number.POSITIVE_INFINITY;
  }

  #rule(meets: (rule: ArmedRule) => boolean): ArmedRule | undefined {
    return this.#init.rules().find(meets);
  }

  #trip(rule: ArmedRule): void {
    rule.trip();
    this.suffer(rule.fault);
  }
}
