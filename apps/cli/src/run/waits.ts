import { describeHolder, targetKey, type EngineEvent, type Target } from '@bfm/core';
import type { ShownWait } from '../output/waits-view.ts';

/** An answer that takes longer than this is waited for. */
const ASKING_SHOWN_AFTER_MS = 1_500;
/** What is over sooner would only flicker. */
const SHOWN_AFTER_MS = 300;

interface Since {
  readonly text: string;
  readonly sinceMs: number;
}

interface Wait {
  readonly target: Target;
  /** Why nothing can be done there at the moment. */
  reason: Since | null;
  /** Who is being asked. */
  asking: Since | null;
}

/** What targets wait for when it is no statement, as a run's events tell. */
export class Waits {
  readonly #waits = new Map<string, Wait>();

  /** Takes note of an event. */
  handle(event: EngineEvent, nowMs: number): void {
    switch (event.type) {
      case 'target.asking':
        this.#ask(event.target, askingText(event), nowMs);
        break;
      case 'target.waiting':
        this.#wait(event.target, `waiting for ${describeHolder(event.holder)}`, nowMs);
        break;
      case 'target.lost':
        this.#wait(event.target, 'lost; taking it anew', nowMs);
        break;
      case 'step.retrying':
        this.#wait(event.step.target, 'resting before the next try', nowMs);
        break;
      case 'target.started':
      case 'target.finished':
        this.#waits.delete(targetKey(event.target));
        break;
      case 'step.started':
        this.#waits.delete(targetKey(event.step.target));
        break;
      default:
        break;
    }
  }

  /** What has been waited for long enough to be told, the longest first. */
  shown(nowMs: number): readonly ShownWait[] {
    const shown = [...this.#waits.values()].flatMap(({ target, reason, asking }): ShownWait[] => {
      const isLate = asking !== null && nowMs - asking.sinceMs >= ASKING_SHOWN_AFTER_MS;
      const told = isLate ? asking : reason;
      if (told === null || (!isLate && nowMs - told.sinceMs < SHOWN_AFTER_MS)) return [];
      return [{ target, text: told.text, forMs: nowMs - told.sinceMs }];
    });
    return shown.sort((a, b) => b.forMs - a.forMs);
  }

  #ask(target: Target, text: string, sinceMs: number): void {
    this.#of(target).asking = { text, sinceMs };
  }

  #wait(target: Target, text: string, nowMs: number): void {
    const wait = this.#of(target);
    wait.asking = null;
    wait.reason = { text, sinceMs: wait.reason?.text === text ? wait.reason.sinceMs : nowMs };
  }

  #of(target: Target): Wait {
    const key = targetKey(target);
    const known = this.#waits.get(key);
    if (known !== undefined) return known;
    const wait: Wait = { target, reason: null, asking: null };
    this.#waits.set(key, wait);
    return wait;
  }
}

function askingText({ whom, address }: Extract<EngineEvent, { type: 'target.asking' }>): string {
  return `waiting for an answer of the ${whom === 'locks' ? 'lock provider' : 'database'} at ${address}`;
}
