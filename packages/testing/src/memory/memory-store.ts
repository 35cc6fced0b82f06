import {
  compareText,
  targetKey,
  type Checksum,
  type ConnectionName,
  type LedgerEvent,
  type SchemaName,
  type Target,
  type TargetState,
} from '@bfm/core';
import type {
  ForgottenMigration,
  FoundElsewhere,
  HistoryQuery,
  InspectQuery,
  OpenOptions,
  OpenResult,
  RequiredObject,
  Revision,
  StoreSnapshot,
  TargetStore,
  UnfinishedMigration,
} from '@bfm/engine';
import { unfinishedIn, type Behaviour, type MemoryScope } from './memory-scope.ts';
import { MemorySession } from './memory-session.ts';
import { TestClock } from './test-clock.ts';

/**
 * A {@link TargetStore} in memory, for tests of the engine: a fake of a port we own, held to the same conformance suite
 * as the real ones. Statements are plain words; {@link Behaviour} says what they do, `effects` what was committed.
 */
export class MemoryStore implements TargetStore {
  readonly backend = 'postgresql';
  readonly address: string;
  readonly bareStatements = 'possible';
  readonly sessionsMax = 1_000;
  /** `connection/schema: sql` of every committed statement, in order. */
  readonly effects: string[] = [];
  readonly scopes = new Map<string, MemoryScope>();
  /** What sessions rest by. */
  readonly clock = new TestClock();
  readonly #behaviour: Behaviour;
  readonly #texts = new Map<Checksum, string>();

  constructor(address = 'memory', behaviour: Behaviour = () => 'ok') {
    this.address = address;
    this.#behaviour = behaviour;
  }

  /** Makes a schema that holds objects BFM knows nothing of, or an empty one. */
  addSchema(target: Target, contents: 'empty' | 'foreign' = 'empty'): MemoryScope {
    const scope = this.#scope(target);
    scope.exists = true;
    if (contents === 'foreign') this.effects.push(`${targetKey(target)}: foreign`);
    return scope;
  }

  check(): Promise<void> {
    return Promise.resolve();
  }

  identity(): Promise<string> {
    return Promise.resolve(this.address);
  }

  inspect(queries: readonly InspectQuery[]): Promise<StoreSnapshot> {
    const targets = queries.flatMap(({ connection, schemas }) =>
      (schemas === 'known' ? this.#known(connection) : schemas).map((schema) =>
        this.#state({ backend: this.backend, connection, schema }),
      ),
    );
    const touched = [...this.scopes.values()].filter(({ token }) => token > 0);
    const ledgerConnections = [...new Set(touched.map(({ target }) => target.connection as string))];
    const held = new Map(
      touched.flatMap(({ target, holder }) =>
        holder === null ? [] : [[target.schema, { holder: holder.name, seconds: 0 }] as const],
      ),
    );
    return Promise.resolve({ targets, ledgerConnections, rebound: [], held });
  }

  knownSchemas(
    connection: ConnectionName,
    { after, limit }: { readonly after: SchemaName | null; readonly limit: number },
  ): Promise<readonly SchemaName[]> {
    const behind = this.#known(connection).filter((schema) => after === null || schema > after);
    return Promise.resolve([...behind].sort(compareText).slice(0, limit));
  }

  unfinished(targets: readonly Target[]): Promise<readonly UnfinishedMigration[]> {
    const scopes = targets.flatMap((target) => this.scopes.get(targetKey(target)) ?? []);
    return Promise.resolve(scopes.flatMap(unfinishedIn));
  }

  revisionTexts(checksums: readonly Checksum[]): Promise<ReadonlyMap<Checksum, string>> {
    return Promise.resolve(new Map([...this.#texts].filter(([checksum]) => checksums.includes(checksum))));
  }

  foundInPublic(): Promise<readonly FoundElsewhere[]> {
    return Promise.resolve([]);
  }

  forgotten(): Promise<readonly ForgottenMigration[]> {
    return Promise.resolve([]);
  }

  missingRequirements(): Promise<readonly RequiredObject[]> {
    return Promise.resolve([]);
  }

  querySchemas(sql: string): Promise<readonly string[]> {
    return Promise.resolve(sql.split(' ').slice(1));
  }

  history({ connections, limit }: HistoryQuery): Promise<readonly LedgerEvent[]> {
    const events = [...this.scopes.values()]
      .filter(({ target }) => connections.includes(target.connection))
      .flatMap((scope) => scope.events);
    return Promise.resolve(events.reverse().slice(0, limit));
  }

  prepare(revisions: readonly Revision[]): Promise<void> {
    for (const { checksum, text } of revisions) this.#texts.set(checksum, text);
    return Promise.resolve();
  }

  async tryOpen({ target, runId, actor }: OpenOptions): Promise<OpenResult> {
    // A turn of the event loop, as any real store takes: lets concurrent takers interleave.
    await Promise.resolve();
    const scope = this.#scope(target);
    if (scope.holder !== null) return { ok: false, holder: scope.holder };
    scope.token += 1;
    scope.holder = { name: `${actor} (pid 1, run ${runId})`, since: null, token: String(scope.token) };
    return {
      ok: true,
      session: new MemorySession({
        scope,
        runId,
        actor,
        behaviour: this.#behaviour,
        effects: this.effects,
        clock: this.clock,
      }),
    };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #known(connection: string): SchemaName[] {
    return [...this.scopes.values()]
      .filter(({ target, token }) => target.connection === connection && token > 0)
      .map(({ target }) => target.schema);
  }

  #state(target: Target): TargetState {
    const scope = this.scopes.get(targetKey(target));
    const rows = [...(scope?.entries.values() ?? [])];
    const place = `${targetKey(target)}: `;
    const populated = rows.length > 0 || this.effects.some((effect) => effect.startsWith(place));
    return {
      target,
      presence: scope?.exists !== true ? 'missing' : populated ? 'populated' : 'empty',
      scope: scope === undefined || scope.token === 0 ? 'none' : 'known',
      shape: {
        key: `${this.address} ${rows.map(({ migrationId, checksum, status }) => `${migrationId} ${checksum} ${status}`).join()}`,
        entries: new Map(rows.map(({ runId: _runId, ...entry }) => [entry.migrationId, entry])),
      },
    };
  }

  #scope(target: Target): MemoryScope {
    const key = targetKey(target);
    const known = this.scopes.get(key);
    if (known !== undefined) return known;
    const scope = { target, token: 0, holder: null, exists: false, entries: new Map(), events: [] };
    this.scopes.set(key, scope);
    return scope;
  }
}
