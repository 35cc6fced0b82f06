import { isBfmError } from '@bfm/core';

/** Looks whether one part of the server works, and rejects when it does not. */
export type HealthCheck = () => Promise<void>;

/** What the checks said last, as BFM v1 shows it. */
export interface Health {
  readonly status: 'healthy' | 'unhealthy';
  /** By name: `ok`, or the general meaning of what is wrong, which names no host, path or version. */
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

/** The checks of a server, made all at once and once only for everybody who asks within a while. */
export class Readiness {
  readonly #options: ReadinessOptions;
  #last: { readonly atMs: number; readonly health: Promise<Health> } | null = null;
  #stopping = false;

  constructor(options: ReadinessOptions) {
    this.#options = options;
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
    const { checks, informative } = this.#options;
    const [deciding, others] = await Promise.all([this.#askAll(checks), this.#askAll(informative)]);
    const healthy = deciding.every(([, word]) => word === 'ok');
    return {
      status: healthy ? 'healthy' : 'unhealthy',
      checks: Object.fromEntries([...deciding, ...others]),
    };
  }

  #askAll(
    checks: Readonly<Record<string, HealthCheck>>,
  ): Promise<readonly (readonly [name: string, word: string])[]> {
    return Promise.all(
      Object.entries(checks).map(async ([name, check]) => [name, await this.#wordOf(check)] as const),
    );
  }

  async #wordOf(check: HealthCheck): Promise<string> {
    const late = Promise.withResolvers<string>();
    const timer = setTimeout(() => late.resolve('does not answer'), this.#options.timeoutMs);
    try {
      return await Promise.race([check().then(() => 'ok'), late.promise]);
    } catch (error) {
      return isBfmError(error) ? error.spec.title : 'failed';
    } finally {
      clearTimeout(timer);
    }
  }
}
