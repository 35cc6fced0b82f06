import {
  isInTarget,
  targetKey,
  type ConnectionName,
  type Migration,
  type MigrationId,
  type SchemaName,
  type TargetState,
} from '@bfm/core';
import { effectiveShape, type EffectReader, type V1StateReader } from '@bfm/engine';
import { readChecksums } from '../baseline/compare-schemas.ts';
import type { PlannedEdit } from '../editing/ledger-edit-run.ts';
import { findConnection } from '../planning/find-connection.ts';
import { readStates } from '../planning/read-states.ts';
import { requireSource } from '../planning/require-source.ts';
import type { ServiceContext } from '../service-context.ts';
import { weighClaim, type Claim } from './claim.ts';
import { decideImport, migrationsOf } from './decide-import.ts';
import { findEverywhere } from './find-everywhere.ts';
import type { ImportPlan, ImportTarget } from './import-plan.ts';
import { Judge } from './judge.ts';
import type { Trust } from './judge-target.ts';
import { countOtherBackends, resolveRows, type StatedTarget } from './resolve-rows.ts';
import { selectTargets, type ImportSelection } from './select-targets.ts';
import { TargetLines } from './target-line.ts';

/** What an import is asked for with. */
export interface ImportRequest {
  readonly selection: ImportSelection;
  readonly trust: Trust;
}

/** Where what is imported comes from. */
export interface ImportSources {
  readonly state: V1StateReader;
  readonly loadEffects: () => Promise<EffectReader>;
}

/**
 * Works out what the state of an existing Go BFM says of the targets, how much of it their own catalogs bear out, and what
 * their ledgers are to record of it. Changes nothing.
 *
 * @throws {import.state_missing} {import.state_unknown} {backend.capability_missing} {target.not_found}
 * @throws source faults, `target.unreachable`
 */
export async function planImport(
  { selection, trust }: ImportRequest,
  { state: reader, loadEffects }: ImportSources,
  context: ServiceContext,
): Promise<ImportPlan> {
  requireSource(context);
  const state = await reader.read();
  const resolved = resolveRows(state, context.catalog);
  const { targets, ...left } = selectTargets(resolved, selection, context);
  const work = new ImportWork({ trust, origin: reader.address, effects: await loadEffects(), context });
  const places = Map.groupBy(targets, (target) => placeKey(target, context));
  const states = await readStates(toWanted(targets), context);
  for (const those of places.values()) await work.addPlace(those, states);
  return {
    state: reader.address,
    ...work.result(),
    leftAlone: {
      ...left,
      gone: [...resolved.gone].sort(),
      misplaced: resolved.misplaced,
      otherBackends: [...countOtherBackends(state)],
    },
  };
}

/** Targets of one place have the same migrations. */
function placeKey({ connection, schema }: StatedTarget, { catalog }: ServiceContext): string {
  const fixed = catalog.migrations.some(
    (migration) => migration.connection === connection && migration.schema === schema,
  );
  return `${connection}/${fixed ? schema : ''}`;
}

function toWanted(targets: readonly StatedTarget[]): ReadonlyMap<ConnectionName, readonly SchemaName[]> {
  const byConnection = Map.groupBy(targets, ({ connection }) => connection);
  return new Map(
    [...byConnection].map(([connection, those]) => [connection, those.map(({ schema }) => schema)]),
  );
}

interface WorkInit {
  readonly trust: Trust;
  readonly origin: string;
  readonly effects: EffectReader;
  readonly context: ServiceContext;
}

/** A target with all that was read of it. */
interface ReadTarget {
  readonly state: TargetState;
  readonly claims: ReadonlyMap<MigrationId, Claim>;
  readonly checksum: string | null;
}

/** Judges place after place, and gathers what is to be written. */
class ImportWork {
  readonly #init: WorkInit;
  readonly #targets: ImportTarget[] = [];
  readonly #edits: PlannedEdit[] = [];

  constructor(init: WorkInit) {
    this.#init = init;
  }

  result(): Pick<ImportPlan, 'targets' | 'edits'> {
    return { targets: this.#targets, edits: this.#edits };
  }

  async addPlace(stated: readonly StatedTarget[], states: ReadonlyMap<string, TargetState>): Promise<void> {
    const [first] = stated;
    if (first === undefined) return;
    const { context, effects, trust } = this.#init;
    const keeper = context.keeperOf(findConnection(first.connection, context));
    const migrations = this.#migrationsOf(first);
    const lines = new TargetLines(migrations, effects);
    const read: ReadTarget[] = [];
    const present = stated.filter((target) => isPresent(states.get(targetKey(target))));
    // Read first, and compared again inside of the lock: what is looked up in between is still so then.
    const checksums = await readChecksums(
      present.map(({ schema }) => schema),
      keeper,
    );
    for (const target of stated) {
      const state = states.get(targetKey(target));
      if (state === undefined) continue;
      const claims = new Map([...target.facts].map(([id, facts]) => [id, weighClaim(facts)]));
      read.push({ state, claims, checksum: checksums.get(target.schema) ?? null });
    }
    const found = await findEverywhere(
      present.map(({ schema }) => schema),
      lines,
      keeper,
    );
    const judge = new Judge(trust);
    for (const target of read) this.#add(target, { migrations, lines, found, judge });
  }

  #add(
    { state, claims, checksum }: ReadTarget,
    around: {
      readonly migrations: readonly Migration[];
      readonly lines: TargetLines;
      readonly found: ReadonlyMap<SchemaName, string>;
      readonly judge: Judge;
    },
  ): void {
    const { target } = state;
    const { migrations } = around;
    const said = [...claims.values()].filter(({ applied }) => applied).length;
    if (!isPresent(state)) {
      const isDecided = said === 0 || this.#init.trust === 'catalog';
      this.#targets.push({ ...NOTHING, target, pending: migrations.length, lost: isDecided ? 0 : said });
      return;
    }
    const { entries } = effectiveShape(state);
    const ledger = new Map(
      [...entries.values()].map((entry) => [entry.migrationId, isInTarget(entry.status)]),
    );
    const line = around.lines.of(target.schema);
    const judgement = around.judge.judge({
      line,
      found: around.found.get(target.schema) ?? '',
      claims,
      ledger,
    });
    const isDecided = judgement.undecided.length === 0;
    const { origin } = this.#init;
    const edit = isDecided ? decideImport({ state, judgement, claims, migrations, origin }) : null;
    const marked = edit?.changes.map(({ migrationId }) => migrationId) ?? [];
    const { settled, undecided, applied } = judgement;
    this.#targets.push({
      target,
      marked: marked.length,
      seen: marked.filter((id) => judgement.seen.has(id)).length,
      recorded: migrations.filter(({ id }) => ledger.has(id)).length,
      pending: migrations.filter(({ id }) => !applied.has(id)).length,
      settled,
      undecided,
      lost: 0,
    });
    if (edit !== null) this.#edits.push({ target, edit, catalogChecksum: checksum });
  }

  #migrationsOf({ connection, schema }: StatedTarget): readonly Migration[] {
    const { catalog } = this.#init.context;
    const fixed = migrationsOf(catalog, { connection, schema });
    return fixed.length > 0 ? fixed : migrationsOf(catalog, { connection, schema: null });
  }
}

const NOTHING: Omit<ImportTarget, 'target'> = {
  marked: 0,
  seen: 0,
  recorded: 0,
  pending: 0,
  settled: [],
  undecided: [],
  lost: 0,
};

function isPresent(state: TargetState | undefined): state is TargetState {
  return state !== undefined && state.presence !== 'missing';
}
