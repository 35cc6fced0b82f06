import { BfmError } from '@bfm/core';

/** Tells whether a caller's token is good still; rejects when nobody can tell now. */
export type IsStillValid<Caller> = (caller: Caller) => Promise<boolean>;

/** A token that is no good any more ends what goes on with it within this and what {@link IsStillValid} believes. */
const LOOK_EVERY_MS = 500;

/** Looks again and again whether a token is good, and ends what goes on with it once it is not. Disposed of at its end. */
export function watchToken<Caller>(
  caller: Caller,
  isStillValid: IsStillValid<Caller>,
  end: (reason: BfmError) => void,
): Disposable {
  let looking = false;
  const look = async (): Promise<void> => {
    if (looking) return;
    looking = true;
    // While the state is away nobody can be told from anybody; nothing new is told then, either.
    const isValid = await isStillValid(caller).catch(() => true);
    looking = false;
    if (!isValid) end(toEnded());
  };
  const timer = setInterval(() => void look(), LOOK_EVERY_MS);
  return {
    [Symbol.dispose]: () => {
      clearInterval(timer);
    },
  };
}

function toEnded(): BfmError {
  return new BfmError('auth.invalid', {
    message: 'the API token is not valid any more',
    next: 'go on with another token after the last event that came; the run itself goes on',
  });
}
