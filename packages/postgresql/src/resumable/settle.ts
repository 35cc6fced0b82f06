import { quoteIdentifier, type BareStatement } from '@bfm/core';
import { renderName, type PlaceholderValues } from '@bfm/engine';
import { indexIn, leftoversIn, quotePath, type FoundIndex } from './effects.ts';
import type { Sighting } from './progress.ts';

/** What became of a bare statement, judged by what there was before it and what there is now. */
export type Settlement =
  /** It is done. */
  | { readonly kind: 'done' }
  /** It has done nothing that counts: it may be run. */
  | { readonly kind: 'absent' }
  /** Half of it is there and is BFM's own: these statements take it away, or end it. */
  | { readonly kind: 'mend'; readonly statements: readonly string[]; readonly then: 'done' | 'absent' }
  /** An INVALID index that BFM did not make stands where the new one should. */
  | { readonly kind: 'foreign'; readonly index: string }
  /** Something of the same name that is not what was asked for came meanwhile, so that somebody else made it. */
  | { readonly kind: 'other'; readonly found: string }
  /** Nobody can find out. */
  | { readonly kind: 'unknown' };

/** What is known of a bare statement. */
export interface Evidence {
  readonly before: Sighting;
  readonly now: Sighting;
  /** The server's answer: it said done, it said no, or nobody heard it. */
  readonly answer: 'succeeded' | 'failed' | 'unheard';
  /** An index that was not there before is the one asked for; true also where there is none. */
  readonly isAsAsked: boolean;
}

const DONE: Settlement = { kind: 'done' };
const ABSENT: Settlement = { kind: 'absent' };

/** Judges what became of a bare statement. Pure. */
export function settle(bare: BareStatement, evidence: Evidence, values: PlaceholderValues): Settlement {
  if (bare.effect === 'detach_partition') return settleDetach(bare, evidence, values);
  if (bare.effect === 'create') return settleCreation(bare, evidence, values);
  return SETTLE[bare.effect](evidence);
}

const SETTLE: Readonly<
  Record<Exclude<BareStatement['effect'], 'detach_partition' | 'create'>, (evidence: Evidence) => Settlement>
> = {
  create_index: settleBuild,
  drop_index: settleDrop,
  reindex_concurrently: settleRebuild,
  drop: settleRemoval,
  repeatable: ({ answer }) => (answer === 'succeeded' ? DONE : ABSENT),
  unknown: ({ answer }) => (answer === 'succeeded' ? DONE : { kind: 'unknown' }),
};

function settleRemoval({ before, now, answer }: Evidence): Settlement {
  const isGone = before['exists'] === true && now['exists'] !== true;
  return answer === 'succeeded' || isGone ? DONE : ABSENT;
}

/** When the server said no, what is there all the same was made by whoever was quicker. */
function settleCreation(
  bare: Extract<BareStatement, { effect: 'create' }>,
  { before, now, answer }: Evidence,
  values: PlaceholderValues,
): Settlement {
  if (answer === 'succeeded') return DONE;
  if (answer === 'failed' || before['exists'] === true || now['exists'] !== true) return ABSENT;
  const owner = typeof bare.owner === 'string' ? renderName(bare.owner, values) : now['me'];
  const isOurs = now['owner'] === owner && (now['location'] ?? null) === (bare.location ?? null);
  if (isOurs) return DONE;
  return {
    kind: 'other',
    found: `${bare.object} ${renderName(bare.name, values)} of ${String(now['owner'])}`,
  };
}

/** IF NOT EXISTS takes an INVALID index for the one wanted and says done (FAULTS F4): only the catalog counts. */
function settleBuild({ before, now, answer, isAsAsked }: Evidence): Settlement {
  const index = indexIn(now);
  if (index === null) return ABSENT;
  if (index.valid && answer === 'succeeded') return DONE;
  const isNew = index.oid !== indexIn(before)?.oid;
  if (!isNew) return index.valid ? ABSENT : { kind: 'foreign', index: `${index.schema}.${index.name}` };
  if (isAsAsked) {
    return index.valid ? DONE : { kind: 'mend', statements: [dropStatement(index)], then: 'absent' };
  }
  // The server refused to make a second one of the name, and says so better.
  return answer === 'failed' ? ABSENT : { kind: 'other', found: index.definition };
}

/** A drop that was interrupted leaves an INVALID index; dropping it again ends it. */
function settleDrop({ before, now, answer }: Evidence): Settlement {
  if (answer === 'succeeded') return DONE;
  const was = indexIn(before);
  const index = indexIn(now);
  if (was === null || index?.oid === was.oid) return ABSENT;
  if (index === null) return DONE;
  return answer === 'failed' ? ABSENT : { kind: 'other', found: index.definition };
}

function settleRebuild({ before, now, answer }: Evidence): Settlement {
  const known = new Set(leftoversIn(before).map(({ oid }) => oid));
  const own = leftoversIn(now).filter(({ oid }) => !known.has(oid));
  const then = answer === 'succeeded' ? 'done' : 'absent';
  if (own.length > 0) return { kind: 'mend', statements: own.map(dropStatement), then };
  return { kind: then };
}

function settleDetach(
  bare: Extract<BareStatement, { effect: 'detach_partition' }>,
  { before, now, answer }: Evidence,
  values: PlaceholderValues,
): Settlement {
  if (answer === 'succeeded') return DONE;
  if (now['attached'] !== true) return before['attached'] === true ? DONE : ABSENT;
  if (before['attached'] === true && before['partition'] !== now['partition']) {
    return { kind: 'other', found: `partition ${quotePath(bare.partition, values)}` };
  }
  if (now['pending'] !== true || before['pending'] === true) return ABSENT;
  const finalize = `ALTER TABLE ${quotePath(bare.table, values)} DETACH PARTITION ${quotePath(bare.partition, values)} FINALIZE`;
  return { kind: 'mend', statements: [finalize], then: 'done' };
}

function dropStatement({ schema, name, toast }: FoundIndex): string {
  const index = `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`;
  return toast ? `DROP INDEX IF EXISTS ${index}` : `DROP INDEX CONCURRENTLY IF EXISTS ${index}`;
}
