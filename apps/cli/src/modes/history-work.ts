import type { HistoryPage, HistoryRequest } from '@bfm/service';
import type { Selecting } from './selecting.ts';

/** What tells what ledgers have recorded. */
export interface HistoryWork extends Selecting {
  readonly readHistory: (request: HistoryRequest) => Promise<HistoryPage>;
}
