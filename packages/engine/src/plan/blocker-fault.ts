import type { Fault, TargetState } from '@bfm/core';
import type { Assessment } from './assess-target.ts';

/** Says why a target needs a person before BFM touches it. */
export function toBlockerFault(blocker: NonNullable<Assessment['blocker']>, { target }: TargetState): Fault {
  const where = { connection: target.connection, schema: target.schema };
  const place = `schema ${target.schema} of connection ${target.connection}`;
  if (blocker === 'ledger.recreated') {
    return {
      code: blocker,
      message: `${place} was dropped and made anew since BFM last ran there, and it is not empty; its ledger speaks of the dropped one`,
      where,
      mend: 'empty the schema, or accept its contents with --allow-non-empty',
    };
  }
  return {
    code: blocker,
    message: `${place} holds objects, but BFM has no record of applying anything there`,
    where,
    mend: 'name another schema, or apply on top of what is there with --allow-non-empty',
  };
}
