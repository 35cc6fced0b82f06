import {
  isInTarget,
  quoteOption,
  type Catalog,
  type Fault,
  type Migration,
  type MigrationId,
  type TargetState,
} from '@bfm/core';
import { effectiveShape, type LedgerEdit } from '@bfm/engine';

/** What to do with one target: write an edit, nothing because it is done already, or refuse. */
export type BaselineDecision =
  | { readonly kind: 'edit'; readonly edit: LedgerEdit }
  | { readonly kind: 'done_already' }
  | { readonly kind: 'refused'; readonly fault: Fault };

/** What is decided by. */
export interface BaselineInput {
  readonly catalog: Catalog;
  readonly state: TargetState;
  /** What is to be marked as applied, in canonical order; not empty. */
  readonly wanted: readonly Migration[];
}

/** Decides whether a target can be baselined: its schema holds objects, and BFM has applied nothing there. Pure. */
export function decideBaseline(input: BaselineInput): BaselineDecision {
  const { state, wanted } = input;
  const { entries } = effectiveShape(state);
  const begun = [...entries.values()].filter(({ status }) => isInTarget(status) || status === 'started');
  const applied = new Set(
    begun.filter(({ status }) => status === 'applied').map((entry) => entry.migrationId),
  );
  if (wanted.every(({ id }) => applied.has(id))) return { kind: 'done_already' };
  if (state.presence === 'missing' || state.presence === 'empty') {
    return { kind: 'refused', fault: nothingThere(state) };
  }
  if (begun.length > 0) return { kind: 'refused', fault: begunAlready(state, begun.length) };
  return { kind: 'edit', edit: toEdit(input) };
}

function toEdit({ catalog, state, wanted }: BaselineInput): LedgerEdit {
  const { entries } = effectiveShape(state);
  return {
    kind: 'baselined',
    action: 'baseline',
    reason: null,
    done: null,
    changes: wanted.map(({ id, up }) => {
      const row = entries.get(id);
      return {
        migrationId: id,
        before: row === undefined ? null : { status: row.status, checksum: row.checksum },
        after: { status: 'applied', checksum: up.checksum },
      };
    }),
    deferred: passedOver(catalog, wanted)
      .filter(({ id }) => !entries.has(id))
      .map(({ id, up }) => ({ migrationId: id, checksum: up.checksum })),
    detail: { to: wanted.at(-1)?.version ?? null },
  };
}

/** Not wanted, yet before something that is: left pending on purpose, and not out of order later. */
function passedOver({ migrations, rank }: Catalog, wanted: readonly Migration[]): readonly Migration[] {
  const [first] = wanted;
  const last = wanted.at(-1);
  if (first === undefined || last === undefined) return [];
  const marked = new Set<MigrationId>(wanted.map(({ id }) => id));
  const end = rank.get(last.id) ?? -1;
  return migrations.filter(
    ({ id, connection, schema }) =>
      connection === first.connection &&
      schema === first.schema &&
      !marked.has(id) &&
      (rank.get(id) ?? Infinity) < end,
  );
}

function nothingThere({ presence, target }: TargetState): Fault {
  const { connection, schema } = target;
  return {
    code: 'baseline.not_possible',
    message: `schema ${schema} of connection ${connection} ${presence === 'missing' ? 'does not exist' : 'is empty'}: there is nothing that migrations could have made`,
    where: { connection, schema },
    mend: `bfm plan --connection ${connection} ${quoteOption('--schema', schema)}`,
  };
}

function begunAlready({ target }: TargetState, count: number): Fault {
  const { connection, schema } = target;
  return {
    code: 'baseline.not_possible',
    message: `BFM has a record of ${count === 1 ? 'a migration' : `${count} migrations`} in ${connection}/${schema} already`,
    where: { connection, schema },
    mend: `bfm status --connection ${connection} ${quoteOption('--schema', schema)} shows what is pending; bfm repair mark-applied marks single migrations`,
  };
}
