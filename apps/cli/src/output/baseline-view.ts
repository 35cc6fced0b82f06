import type { BaselineGroup, BaselinePlan, SchemaKind } from '@bfm/service';
import { escapeLine, squeeze } from './escape.ts';
import { cutEnd, cutMiddle } from './fit.ts';
import type { Look } from './look.ts';
import { count, formatNumber, someNames } from './wording.ts';

/** So many migrations are listed one by one; of more, the ends. */
const MIGRATIONS_MAX = 12;
const DIFFERENCES_MAX = 4;
const CHECKSUM_SHOWN = 12;

/** What a baseline would do: which migrations it marks in which schemas, and which of these are unlike the others. */
export function baselineView({ groups, edits }: BaselinePlan, look: Look): readonly string[] {
  const migrations = new Set(groups.flatMap((group) => group.migrations.map(({ id }) => id))).size;
  const head = `Baseline: mark ${count(migrations, 'migration')} as applied on ${count(edits.length, 'target')}, without running ${migrations === 1 ? 'it' : 'them'}`;
  return [look.paint.bold(head), ...groups.flatMap((group) => ['', ...groupView(group, look)])];
}

function groupView(group: BaselineGroup, look: Look): readonly string[] {
  const { paint, width } = look;
  const schemas = group.kinds.flatMap((kind) => kind.schemas);
  const [only = ''] = schemas;
  const many = `${group.connection}: ${count(schemas.length, 'schema')}: `;
  const title =
    schemas.length === 1
      ? `${group.connection}/${escapeLine(only)}`
      : `${many}${someNames(schemas, width - many.length)}`;
  return [paint.bold(paint.name(title)), ...migrationLines(group, look), ...kindLines(group.kinds, look)];
}

function migrationLines({ migrations }: BaselineGroup, { width, symbols, paint }: Look): readonly string[] {
  const lines = migrations.map(
    ({ version, name }) =>
      `  ${version} ${cutMiddle(escapeLine(name), Math.max(20, width - 18), symbols.ellipsis)}`,
  );
  if (lines.length <= MIGRATIONS_MAX) return lines;
  const half = MIGRATIONS_MAX / 2;
  const left = lines.length - MIGRATIONS_MAX;
  return [
    ...lines.slice(0, half),
    paint.dim(`  ${symbols.ellipsis} ${formatNumber(left)} more`),
    ...lines.slice(-half),
  ];
}

function kindLines(kinds: readonly SchemaKind[], look: Look): readonly string[] {
  const [usual, ...odd] = kinds;
  if (usual === undefined) return [];
  const { paint } = look;
  const checksum = paint.dim(`(catalog ${usual.catalogChecksum.slice(0, CHECKSUM_SHOWN)})`);
  const total = kinds.reduce((sum, { schemas }) => sum + schemas.length, 0);
  if (odd.length === 0) {
    const alike = total === 1 ? '1 schema' : `${formatNumber(total)} schemas, all made alike`;
    return [`  ${paint.dim(alike)} ${checksum}`];
  }
  const differ = total - usual.schemas.length;
  return [
    `  ${formatNumber(usual.schemas.length)} of ${formatNumber(total)} schemas are identical ${checksum}`,
    `  ${paint.warn(`${formatNumber(differ)} ${differ === 1 ? 'differs' : 'differ'}:`)}`,
    ...odd.flatMap((kind) => oddLines(kind, look)),
  ];
}

function oddLines({ schemas, catalogChecksum, differences }: SchemaKind, look: Look): readonly string[] {
  const { paint, width, symbols } = look;
  const checksum = `(catalog ${catalogChecksum.slice(0, CHECKSUM_SHOWN)})`;
  const names = someNames(schemas, width - checksum.length - 7);
  const lines = [`    ${paint.warn(names)} ${paint.dim(checksum)}`];
  if (differences === null) return lines;
  const told = [
    ...differences.lacks.map((item) => `lacks ${item}`),
    ...differences.has.map((item) => `has ${item}`),
  ];
  for (const text of told.slice(0, DIFFERENCES_MAX)) {
    lines.push(`      ${cutEnd(squeeze(text), Math.max(width - 6, 20), symbols.ellipsis)}`);
  }
  if (told.length > DIFFERENCES_MAX) {
    lines.push(paint.dim(`      and ${count(told.length - DIFFERENCES_MAX, 'more difference')}`));
  }
  return lines;
}
