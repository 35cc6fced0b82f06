import type { ControlContext } from '@bfm/service';

/** How long it takes at most until what another process was asked is heard of here, in milliseconds. */
const LOOK_MS = 1_000;

/**
 * Looks, as long as runs are worked on, whether somebody asked another process to cancel or pause one: one small query a second
 * for all of them. That the state is away shows elsewhere.
 */
export async function watchWishes(
  active: () => readonly string[],
  over: AbortSignal,
  { state, clock, wishes }: ControlContext,
): Promise<void> {
  for (;;) {
    await clock.sleep(LOOK_MS, over);
    if (over.aborted) return;
    const ids = active();
    if (ids.length === 0) continue;
    const asked = await state.read(({ runs }) => runs.wishes(ids)).catch(() => []);
    for (const wish of asked) wishes.tell(wish);
  }
}
