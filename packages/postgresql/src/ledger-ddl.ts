import { DIGEST_FUNCTIONS, DIGEST_TRIGGERS } from './ledger-format/digest-functions.ts';
import { FORMAT_1 } from './ledger-format/format-1.ts';
import { FORMAT_2 } from './ledger-format/format-2.ts';
import { FORMAT_3 } from './ledger-format/format-3.ts';
import { LEDGER_FUNCTIONS } from './ledger-format/functions.ts';

/** The ledger format this BFM writes. A newer one in a database is refused, an older one is upgraded. */
export const LEDGER_FORMAT = 3;

/** Key of the advisory lock round making and upgrading ledgers; any constant will do. */
export const BOOTSTRAP_LOCK_KEY = '4775193207316480001';

/** By format: what makes it of the one before. Upgrades only add. */
export const LEDGER_FORMATS: readonly (readonly [number, string])[] = [
  [1, FORMAT_1],
  [2, `${DIGEST_FUNCTIONS}${FORMAT_2}`],
  [3, FORMAT_3],
];

/** What is made anew whatever format was found: functions, which later programs may change, and triggers. */
export const LEDGER_REPLACEABLES = `${DIGEST_FUNCTIONS}${DIGEST_TRIGGERS}\n${LEDGER_FUNCTIONS}`;

/**
 * What brings a ledger from a format to this program's, as one script for one transaction; a new ledger takes the same
 * way, so that both come to the same.
 *
 * @param from the format found; `null`: there is no ledger
 */
export function ledgerScript(from: number | null): string {
  const missing = LEDGER_FORMATS.filter(([format]) => format > (from ?? 0)).map(([, script]) => script);
  return [...missing, LEDGER_REPLACEABLES].join('\n');
}
