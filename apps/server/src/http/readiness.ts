import type { HealthCheck } from './health-check.ts';
import { SLOW, WatchedCheck } from './watched-check.ts';

/** What the checks said last, as BFM v1 shows it. */
export interface Health {
  readonly status: 'healthy' | 'unhealthy';
  /** Healthy, and something it needs is slow: `/readyz` tells it, and stays 200. */
  readonly degraded: boolean;
  /** By name: `ok`, `slow`, or the general meaning of what is wrong, which names no host, path or version. */
  readonly checks: Readonly<Record<string, string>>;
}

/** How checks are made. */
export interface ReadinessOptions {
  readonly checks: Readonly<Record<string, HealthCheck>>;
  /** Checks that are told, and do not decide whether the server is healthy. */
  readonly informative: Readonly<Record<string, HealthCheck>>;
  /** How long an answer counts. */
  readonly cacheMs: number;
  /** After how long a check that says nothing has failed. */
  readonly timeoutMs: number;
  readonly nowMs: () => number;
}

/** So long a late answer means slow, in milliseconds; a state that is away is worse than one more that asks it. */
const PATIENCE_MS = 30_000;

type Watched = readonly (readonly [name: string, check: WatchedCheck])[];

/** The checks of a server, made all at once and once only for everybody who asks within a while. */
export class Readiness {
  readonly #options: ReadinessOptions;
  readonly #deciding: Watched;
  readonly #others: Watched;
  #last: { readonly atMs: number; readonly health: Promise<Health> } | null = null;
  #stopping = false;

  constructor(options: ReadinessOptions) {
    this.#options = options;
    const watch = { ...options, patienceMs: PATIENCE_MS };
    const toWatched = (checks: ReadinessOptions['checks']): Watched =>
      Object.entries(checks).map(([name, check]) => [name, new WatchedCheck(check, watch)]);
    this.#deciding = toWatched(options.checks);
    this.#others = toWatched(options.informative);
  }

  /** From now on the server is not ready, whatever the checks say. */
  stop(): void {
    this.#stopping = true;
  }

  /** Whether the server takes work. */
  get stopping(): boolean {
    return this.#stopping;
  }

  /** What the checks say. */
  look(): Promise<Health> {
    const atMs = this.#options.nowMs();
    if (this.#last === null || atMs - this.#last.atMs >= this.#options.cacheMs) {
      this.#last = { atMs, health: this.#check() };
    }
    return this.#last.health;
  }

  async #check(): Promise<Health> {
    const [deciding, others] = await Promise.all([askAll(this.#deciding), askAll(this.#others)]);
    const healthy = deciding.every(([, word]) => word === 'ok' || word === SLOW);
    return {
      status: healthy ? 'healthy' : 'unhealthy',
      degraded: healthy && deciding.some(([, word]) => word === SLOW),
      checks: Object.fromEntries([...deciding, ...others]),
    };
  }
}

function askAll(checks: Watched): Promise<readonly (readonly [name: string, word: string])[]> {
  return Promise.all(checks.map(async ([name, check]) => [name, await check.word()] as const));
}
