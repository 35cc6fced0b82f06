import type { Fault, TargetState, Version } from '@bfm/core';
import type { Assessment } from './assess-target.ts';
import { andTheRest, placeOptions, type SchemasPlace } from './typed-schemas.ts';

/**
 * Says why a target needs a person before BFM touches it.
 *
 * @param newest the newest version that is wanted there: as far as a baseline could go
 */
export function toBlockerFault(
  blocker: NonNullable<Assessment['blocker']>,
  { target }: Pick<TargetState, 'target'>,
  newest: Version,
): Fault {
  const mend = baselineCommand({ connection: target.connection, schemas: [target.schema] }, newest);
  const where = { connection: target.connection, schema: target.schema };
  const place = `schema ${target.schema} of connection ${target.connection}`;
  if (blocker === 'ledger.recreated') {
    return {
      code: blocker,
      message: `${place} was dropped and made anew since BFM last ran there, and it is not empty; its ledger speaks of the dropped one (baseline it, or apply on top of it with --allow-non-empty)`,
      where,
      mend,
    };
  }
  return {
    code: blocker,
    message: `${place} holds objects, but BFM has no record of applying anything there (baseline it, or apply on top of it with --allow-non-empty)`,
    where,
    mend,
  };
}

/** The command that takes schemas over: typed as it is, it shows what would be marked and changes nothing. */
export function baselineCommand(place: SchemasPlace, newest: Version): string {
  return `bfm baseline ${placeOptions(place)} --to ${newest} --dry-run${andTheRest(place.schemas)}`;
}
