import type { Paint } from './paint.ts';
import type { Symbols } from './symbols.ts';

/** How lines are to look on one stream: all that a view needs to know of it. */
export interface Look {
  /** Columns a line may have. */
  readonly width: number;
  readonly paint: Paint;
  readonly symbols: Symbols;
  /** What people type for this program, such as `npx bfm`. */
  readonly program: string;
}
