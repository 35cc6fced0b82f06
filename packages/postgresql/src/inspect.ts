import { compareText, parseSchemaName, type LedgerShape, type SchemaName, type TargetState } from '@bfm/core';
import type { InspectQuery, StoreSnapshot } from '@bfm/engine';
import type pg from 'pg';
import { ledgerFormat, refuseNewerFormat } from './ensure-ledger.ts';
import {
  INSPECT,
  INSPECT_COUNTING,
  INSPECT_WITHOUT_LEDGER,
  type InspectRow,
  type KindRow,
} from './inspect-query.ts';
import { LEDGER_FORMAT } from './ledger-ddl.ts';
import { readShapes } from './ledger-shapes.ts';
import { oneFlight } from './one-flight.ts';
import { codeOf } from './pg-errors.ts';

/**
 * Reads the ledgers of many targets in one snapshot, with one query in one round trip whatever their number. Targets
 * whose ledgers say the same share one {@link LedgerShape}, and of each shape one ledger alone is read.
 *
 * @throws {ledger.newer_format}
 */
export async function inspect(
  client: pg.ClientBase,
  address: string,
  queries: readonly InspectQuery[],
): Promise<StoreSnapshot> {
  const asked = toAsked(queries);
  const row = await readLedger(client, address, asked);
  const shapes = readShapes(row, address);
  const kinds = row.kinds ?? [];
  return {
    targets: toTargets(kinds, asked, shapes),
    ledgerConnections: [...(row.connections ?? [])].sort(compareText),
    rebound: kinds
      .filter(({ rebound }) => rebound)
      .flatMap((kind) => schemasOf(kind, asked))
      .sort(compareText),
    held: new Map((row.held ?? []).map(({ schema, ...hold }) => [parseKnown(schema), hold])),
  };
}

interface Asked {
  readonly connections: readonly string[];
  readonly schemas: readonly SchemaName[];
  /** Connections of which all targets that the ledger knows are meant. */
  readonly known: readonly string[];
}

function toAsked(queries: readonly InspectQuery[]): Asked {
  const connections: string[] = [];
  const schemas: SchemaName[] = [];
  const known: string[] = [];
  for (const { connection, schemas: named } of queries) {
    if (named === 'known') {
      known.push(connection);
      continue;
    }
    for (const schema of named) {
      connections.push(connection);
      schemas.push(schema);
    }
  }
  return { connections, schemas, known };
}

/** The usual ledger is asked at once, and only when it turns out to be another, or none, which one it is. */
async function readLedger(client: pg.ClientBase, address: string, asked: Asked): Promise<InspectRow> {
  try {
    return await readKept(client, address, asked);
  } catch (error) {
    if (!NOT_THERE.has(codeOf(error))) throw error;
    const format = await ledgerFormat(client, address);
    if (format === null) return ask(client, INSPECT_WITHOUT_LEDGER, asked);
    // Made or upgraded since: now it can be read as usual.
    if (format === LEDGER_FORMAT) return readKept(client, address, asked);
    return ask(client, INSPECT_COUNTING, asked);
  }
}

async function readKept(client: pg.ClientBase, address: string, asked: Asked): Promise<InspectRow> {
  const row = await ask(client, INSPECT, asked);
  refuseNewerFormat(row.format ?? 0, address);
  // Rows were changed behind the triggers' back, so no digest can be believed.
  const isSound = row.shapes?.every(({ sound }) => sound) ?? true;
  return isSound ? row : ask(client, INSPECT_COUNTING, asked);
}

/** SQLSTATE of a schema, table, column that does not exist. */
const NOT_THERE: ReadonlySet<string> = new Set(['3F000', '42P01', '42703']);

/**
 * Sends all at once, so that it is one round trip. Compiling a plan for so short a query would take longer than it does,
 * and many servers think otherwise of a query that many targets are asked about.
 */
async function ask(client: pg.ClientBase, sql: string, asked: Asked): Promise<InspectRow> {
  const answer = await oneFlight(client, 'BEGIN READ ONLY; SET LOCAL jit = off', () =>
    client.query<InspectRow>(sql, [asked.connections, asked.schemas, asked.known]),
  );
  const [row] = answer.rows;
  if (row === undefined) throw new Error('the ledger answered no row');
  return row;
}

/** Known ones first, ordered by connection and schema, then those asked for, in the order asked. */
function toTargets(
  kinds: readonly KindRow[],
  asked: Asked,
  shapes: ReadonlyMap<number, LedgerShape>,
): readonly TargetState[] {
  const known: TargetState[] = [];
  const named = new Array<TargetState>(asked.schemas.length);
  for (const kind of kinds) {
    const { presence, scope } = kind;
    const connection = kind.connection as TargetState['target']['connection'];
    const shape = (kind.shape === null ? undefined : shapes.get(kind.shape)) ?? EMPTY;
    const toState = (schema: SchemaName): TargetState => ({
      target: { backend: 'postgresql', connection, schema },
      presence,
      scope,
      shape,
    });
    for (const text of kind.known ?? []) known.push(toState(parseKnown(text)));
    for (const position of kind.positions ?? []) {
      const schema = asked.schemas[position - 1];
      if (schema !== undefined) named[position - 1] = toState(schema);
    }
  }
  return [...known.sort(byPlace), ...named];
}

const EMPTY: LedgerShape = { key: '', entries: new Map() };

function byPlace({ target: a }: TargetState, { target: b }: TargetState): number {
  return compareText(a.connection, b.connection) || compareText(a.schema, b.schema);
}

function parseKnown(text: string): SchemaName {
  const schema = parseSchemaName(text);
  if (!schema.ok) throw new Error(`the ledger holds a schema name that is not allowed: ${schema.reason}`);
  return schema.name;
}

function schemasOf({ known, positions }: KindRow, { schemas }: Asked): readonly SchemaName[] {
  const named = (positions ?? []).map((position) => schemas[position - 1]);
  return [...(known ?? []).map(parseKnown), ...named.filter((schema) => schema !== undefined)];
}
