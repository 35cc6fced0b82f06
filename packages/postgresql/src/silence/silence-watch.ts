import type { StatementProgress } from '@bfm/core';
import type { Socket } from 'node:net';
import type { Blocker } from './blocker.ts';
import type { Look } from './look.ts';
import { RUNNING } from './look.ts';
import type { Looker } from './looker.ts';
import { SilenceError, silenceVerdict, type Silence } from './silence-verdict.ts';

/** A connection as far as a watch is concerned. */
export interface WatchedConnection {
  readonly stream: Pick<Socket, 'bytesRead' | 'bytesWritten'> & { destroy(error: Error): unknown };
  /** How much was written when the last answer was complete. */
  readonly answeredBytes: () => number;
  /** The backend that works for it; `null`: nobody knows. */
  readonly backend: () => number | null;
}

/** What a watch is made of. */
export interface SilenceWatchInit {
  readonly connection: WatchedConnection;
  /** After so long without a word from a server that cannot be asked either, the connection is given up. */
  readonly deadlineMs: number;
  readonly nowMs: () => number;
  /** Resolves after so many milliseconds, or at once when the signal is aborted. Never rejects. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly openLooker: () => Disposable & Pick<Looker, 'look' | 'end'>;
}

/** Whoever runs statements of migrations, which may be silent as long as they like. */
export interface SilenceListener {
  /** The first look is over after half of this, or comes after a second: who blocks us is seen before the lock timeout. */
  readonly lockTimeoutMs: number;
  /** Hears what the backend is doing, every few seconds at most. */
  readonly tell: (progress: StatementProgress) => void;
}

const FIRST_LOOK_MS = 1_000;
const LOOK_PAUSE_MAX_MS = 5_000;
const NEAR_PAUSE_MS = 500;
const LOOK_TIMEOUT_MIN_MS = 1_000;
const LOOK_TIMEOUT_MAX_MS = 5_000;
const SHORTEST_LOOK_MS = 10;
const CONNECTING_MS = 150;

/**
 * Watches a connection for as long as somebody uses it. Costs two timers a second while answers come. While none comes for
 * longer than about a second it asks the server on another connection what our backend is doing, and gives the connection
 * up when nobody is left to answer on it: whoever waits then gets a {@link SilenceError}.
 */
export class SilenceWatch implements Disposable {
  readonly #init: SilenceWatchInit;
  #running = new AbortController();
  #listener: SilenceListener | null = null;
  #bytes = 0;
  #sinceMs = 0;
  #blockers: readonly Blocker[] = [];

  constructor(init: SilenceWatchInit) {
    this.#init = init;
    this.#start();
  }

  /** Whom the backend waited for when it was looked at last, in the present silence or the one that just ended. */
  get blockers(): readonly Blocker[] {
    return this.#blockers;
  }

  /** Statements of a migration are sent until the answer is disposed. */
  listen(listener: SilenceListener): Disposable {
    this.#restart(listener);
    return {
      [Symbol.dispose]: () => {
        this.#restart(null);
      },
    };
  }

  /** Ends the watch. */
  [Symbol.dispose](): void {
    this.#running.abort();
  }

  #restart(listener: SilenceListener | null): void {
    if (this.#running.signal.aborted) return;
    this.#running.abort();
    this.#running = new AbortController();
    this.#listener = listener;
    this.#start();
  }

  #start(): void {
    this.#blockers = [];
    this.#hear();
    void this.#watch(this.#running.signal);
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const { sleep, nowMs } = this.#init;
    const firstLookMs = firstLookAfter(this.#listener?.lockTimeoutMs ?? 0);
    for (;;) {
      await sleep(firstLookMs / 2, signal);
      if (signal.aborted) return;
      if (!this.#isSilent()) this.#hear();
      else if (nowMs() - this.#sinceMs >= firstLookMs) await this.#lookUntilHeard(signal, firstLookMs);
    }
  }

  async #lookUntilHeard(signal: AbortSignal, firstPauseMs: number): Promise<void> {
    const { sleep, nowMs, openLooker, deadlineMs, connection } = this.#init;
    using looker = openLooker();
    const track = new LookTrack(nowMs);
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(LOOK_PAUSE_MAX_MS, pauseMs * 2)) {
      const leftMs = deadlineMs - (nowMs() - this.#sinceMs);
      const look = await looker.look(
        connection.backend(),
        between(leftMs, LOOK_TIMEOUT_MIN_MS, LOOK_TIMEOUT_MAX_MS),
      );
      if (this.#isOver(signal)) return;
      track.note(look);
      const silentMs = nowMs() - this.#sinceMs;
      const isPatient = this.#listener !== null && connection.backend() !== null;
      const verdict = silenceVerdict(look, { silentMs, deadlineMs, isPatient, ...track.found });
      if (verdict !== null) {
        // What has come in its place is somebody else's.
        if (look.kind === 'there' && !track.found.hasChanged) await looker.end(look.pid, look.life);
        connection.stream.destroy(new SilenceError(verdict, look.kind !== 'no answer'));
        return;
      }
      this.#tell(look, track);
      await sleep(track.isNearEnd ? Math.min(pauseMs, NEAR_PAUSE_MS) : pauseMs, signal);
      if (this.#isOver(signal)) return;
    }
  }

  #tell(look: Look, track: LookTrack): void {
    if (look.kind !== 'there') return;
    this.#blockers = look.blockers;
    if (!track.hasNews(look)) return;
    this.#listener?.tell(look.progress ?? RUNNING);
  }

  #isOver(signal: AbortSignal): boolean {
    return signal.aborted || !this.#isSilent();
  }

  #isSilent(): boolean {
    const { stream, answeredBytes } = this.#init.connection;
    return stream.bytesRead === this.#bytes && stream.bytesWritten > answeredBytes();
  }

  #hear(): void {
    this.#bytes = this.#init.connection.stream.bytesRead;
    this.#sinceMs = this.#init.nowMs();
    this.#blockers = [];
  }
}

/** What the looks of one silence found, one after the other. */
class LookTrack {
  readonly #nowMs: () => number;
  #life: string | null = null;
  #idleSinceMs: number | null = null;
  #hasChanged = false;
  #missed = 0;
  #isAnswered = true;
  #wasTold = false;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  note(look: Look): void {
    this.#isAnswered = look.kind !== 'no answer';
    this.#missed = look.kind === 'gone' ? this.#missed + 1 : 0;
    if (look.kind !== 'there') return;
    this.#hasChanged = this.#life !== null && this.#life !== look.life;
    this.#life = look.life;
    this.#idleSinceMs = look.isActive ? null : (this.#idleSinceMs ?? this.#nowMs());
  }

  get found(): Pick<Silence, 'idleMs' | 'hasChanged' | 'missed'> {
    const idleMs = this.#idleSinceMs === null ? 0 : this.#nowMs() - this.#idleSinceMs;
    return { idleMs, hasChanged: this.#hasChanged, missed: this.#missed };
  }

  /** Near the end looks are close together, so that it is not late. */
  get isNearEnd(): boolean {
    return this.found.idleMs > 0 || this.#missed > 0 || !this.#isAnswered;
  }

  /** Whether it is worth telling: that something just runs is news only after something else was told. */
  hasNews({ progress }: Extract<Look, { kind: 'there' }>): boolean {
    const before = this.#wasTold;
    this.#wasTold = progress !== null;
    return before || this.#wasTold;
  }
}

/** Early enough for the look to be over at half of the lock timeout; 0: there is none. */
function firstLookAfter(lockTimeoutMs: number): number {
  if (lockTimeoutMs === 0) return FIRST_LOOK_MS;
  const early = Math.max(lockTimeoutMs / 2 - CONNECTING_MS, lockTimeoutMs / 4);
  return between(early, SHORTEST_LOOK_MS, FIRST_LOOK_MS);
}

function between(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
