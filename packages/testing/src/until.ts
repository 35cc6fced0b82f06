import { setTimeout as delay } from 'node:timers/promises';

/** What to wait for, and how long. */
export interface UntilOptions {
  /** Names the awaited state in the error. */
  readonly what: string;
  /** Deadline in milliseconds. @default 30000 */
  readonly timeoutMs?: number;
  /** Pause between two looks, in milliseconds. @default 20 */
  readonly everyMs?: number;
}

/**
 * Looks until a probe answers something other than `false`, `null` or `undefined`, and returns it. Tests wait with this
 * and never for a fixed time.
 *
 * @throws {Error} naming what did not happen before the deadline. Errors of the probe pass through.
 */
export async function until<Value>(
  probe: () => Value | Promise<Value>,
  options: UntilOptions,
): Promise<Exclude<Awaited<Value>, false | null | undefined>> {
  const deadline = performance.now() + (options.timeoutMs ?? 30_000);
  for (;;) {
    const value = await probe();
    if (value !== false && value !== null && value !== undefined) {
      return value as Exclude<Awaited<Value>, false | null | undefined>;
    }
    if (performance.now() > deadline) throw new Error(`Waited in vain for ${options.what}.`);
    await delay(options.everyMs ?? 20);
  }
}
