import { quoteOption, type Fault, type TargetState, type Version } from '@bfm/core';
import type { Assessment } from './assess-target.ts';

/**
 * Says why a target needs a person before BFM touches it.
 *
 * @param newest the newest version that is wanted there: as far as a baseline could go
 */
export function toBlockerFault(
  blocker: NonNullable<Assessment['blocker']>,
  { target }: TargetState,
  newest: Version,
): Fault {
  // Typed as it is, it shows what would be marked and changes nothing.
  const baseline = `bfm baseline --connection ${target.connection} ${quoteOption('--schema', target.schema)} --to ${newest} --dry-run`;
  const where = { connection: target.connection, schema: target.schema };
  const place = `schema ${target.schema} of connection ${target.connection}`;
  if (blocker === 'ledger.recreated') {
    return {
      code: blocker,
      message: `${place} was dropped and made anew since BFM last ran there, and it is not empty; its ledger speaks of the dropped one (baseline it, or apply on top of it with --allow-non-empty)`,
      where,
      mend: baseline,
    };
  }
  return {
    code: blocker,
    message: `${place} holds objects, but BFM has no record of applying anything there (baseline it, or apply on top of it with --allow-non-empty)`,
    where,
    mend: baseline,
  };
}
