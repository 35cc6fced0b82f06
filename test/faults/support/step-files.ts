import type { Files } from '../../bad-input/support/migration-tree.ts';
import { stepFiles as stepsNumbered } from './row-world.ts';

/** So many migrations, each with a table and an effect that is counted. */
export function stepFiles(count: number): Files {
  return stepsNumbered(...Array.from({ length: count }, (_, index) => index + 1));
}
