import type { Catalog } from '@bfm/core';
import type { RowChange, RowState } from '@bfm/engine';
import type { RepairPlan } from '@bfm/service';
import { escapeLine } from './escape.ts';
import type { Look } from './look.ts';
import { table } from './table.ts';
import { count, someNames } from './wording.ts';

const CHECKSUM_SHOWN = 12;

/** What a repair would change in which ledgers, those with the same changes told of once, and why. */
export function repairView(plan: RepairPlan, { byId }: Pick<Catalog, 'byId'>, look: Look): readonly string[] {
  const { action, edits, reason } = plan;
  const head = `Repair: ${action} on ${count(edits.length, 'target')}; only what ledgers say is changed`;
  const lines = [look.paint.bold(head)];
  const groups = Map.groupBy(edits, ({ target, edit }) =>
    JSON.stringify([target.connection, edit.changes, edit.done?.length ?? null]),
  );
  for (const group of groups.values()) {
    const [first] = group;
    if (first === undefined) continue;
    const places = group.map(({ target }) => `${target.connection}/${target.schema}`);
    lines.push('', look.paint.bold(look.paint.name(titleOf(places, look))));
    const rows = first.edit.changes.map((change) => [
      { text: `  ${escapeLine(nameOf(change, byId))}` },
      { text: wordOf(change.before, change, look) },
      { text: look.symbols.arrow },
      {
        text: `${wordOf(change.after, change, look)}${nextStatement(first.edit.done)}`,
        paint: look.paint.warn,
      },
    ]);
    const columns = [
      { title: '', shrinksTo: 20 },
      { title: '' },
      { title: '' },
      { title: '', shrinksTo: 12, keep: 1 },
    ];
    lines.push(...table(columns, rows, look));
  }
  return [...lines, '', `${look.paint.dim('because:')} ${escapeLine(reason)}`];
}

function titleOf(places: readonly string[], look: Look): string {
  const [only = ''] = places;
  if (places.length === 1) return escapeLine(only);
  const head = `${count(places.length, 'target')}: `;
  return `${head}${someNames(places, look.width - head.length)}`;
}

function nameOf({ migrationId }: RowChange, byId: Catalog['byId']): string {
  const migration = byId.get(migrationId);
  return migration === undefined ? migrationId : `${migration.version} ${migration.name}`;
}

/** What a row says, in words of the status view; checksums only where they are what changes. */
function wordOf(row: RowState | null, { before, after }: RowChange, { symbols }: Look): string {
  if (row === null) return 'not recorded';
  const words = row.status === 'deferred' ? 'pending' : row.status.replace('_', ' ');
  const onlyText = before !== null && after !== null && before.status === after.status;
  return onlyText && before.checksum !== after.checksum
    ? `${words} ${row.checksum.slice(0, CHECKSUM_SHOWN)}${symbols.ellipsis}`
    : words;
}

function nextStatement(done: RepairPlan['edits'][number]['edit']['done']): string {
  return done === null ? '' : `, goes on from statement ${done.length + 1}`;
}
