import { toFaultsError } from '@bfm/core';
import type { ServiceContext } from '../service-context.ts';

/**
 * Refuses to go on with a faulty source.
 *
 * @throws the code of the first fault, with all of them in its details
 */
export function requireSource({ sourceFaults }: ServiceContext): void {
  const [first, ...rest] = sourceFaults;
  if (first !== undefined) throw toFaultsError([first, ...rest]);
}
