import type { Direction } from './migration.ts';

/** What to do when a statement of a file failed, and no more is known than that. */
export function mendFile(direction: Direction): string {
  return `mend the ${direction} file and run the same command again`;
}
