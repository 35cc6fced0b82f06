import type {
  AuditEntry,
  AuditFilter,
  AuditPage,
  CatalogEntry,
  Connection,
  GroupedPlan,
  HistoryFilter,
  HistoryStep,
  LedgerEventOrder,
  LedgerEventPage,
  LintReport,
  Plan,
  PageOrder,
  PlanOrder,
  Run,
  RunEvent,
  RunFilter,
  RunHead,
  RunOrder,
  RunPage,
  StatusPage,
  Step,
  TargetFilter,
  TargetStatus,
} from './api-types.ts';
import { readClientOptions, type ClientOptions, type ClientSettings } from './client-options.ts';
import { eachItem, LIMIT } from './each-item.ts';
import { followEvents } from './follow-events.ts';
import { RequestSender, type CallOptions } from './request-sender.ts';
import { TokensClient } from './tokens-client.ts';

/**
 * A BFM server. What may be repeated is, with the same key, so that nothing is done twice; every method throws a
 * `BfmClientError` of a kind that says what to do.
 */
export class BfmClient {
  /** The tokens of the server. */
  readonly tokens: TokensClient;
  readonly #settings: ClientSettings;
  readonly #sender: RequestSender;

  /** @throws AddressError for an address that is none, holds a password, or would send the token in the clear */
  constructor(options: ClientOptions) {
    this.#settings = readClientOptions(options);
    this.#sender = new RequestSender(this.#settings);
    this.tokens = new TokensClient(this.#sender);
  }

  /** Where the server is, without a slash at its end. */
  get url(): string {
    return this.#settings.base;
  }

  /** Plans what is asked for; changes nothing. */
  async plan(order: PlanOrder, options?: CallOptions): Promise<Plan> {
    return (await this.#sender.json({ method: 'POST', path: '/api/v1/plans', body: order }, options)) as Plan;
  }

  /** The same with what targets have in common said once: a fleet's plan is as long as that of one tenant. */
  async planGroups(order: PlanOrder, options?: CallOptions): Promise<GroupedPlan> {
    const asked = { method: 'POST', path: '/api/v1/plans', query: { form: 'groups' }, body: order } as const;
    return (await this.#sender.json(asked, options)) as GroupedPlan;
  }

  /** Has something run, and gives the run at once; {@link follow} tells how it goes, {@link finish} waits for its end. */
  async start(order: RunOrder, options?: CallOptions): Promise<Run> {
    return (await this.#sender.json({ method: 'POST', path: '/api/v1/runs', body: order }, options)) as Run;
  }

  /** Finds a run. @throws NotFoundError */
  async run(id: string, options?: CallOptions): Promise<Run> {
    return (await this.#sender.json({ method: 'GET', path: runPath(id) }, options)) as Run;
  }

  /** The plan that a run was started with. @throws NotFoundError */
  async runPlan(id: string, options?: CallOptions): Promise<GroupedPlan> {
    return (await this.#sender.json({ method: 'GET', path: runPath(id, '/plan') }, options)) as GroupedPlan;
  }

  /** A part of the runs, the newest first; `next` of it asks for the one behind. */
  async runPage(filter: RunFilter & PageOrder = {}, options?: CallOptions): Promise<RunPage> {
    const asked = { method: 'GET', path: '/api/v1/runs', query: filter } as const;
    return (await this.#sender.json(asked, options)) as RunPage;
  }

  /** Runs, the newest first. */
  runs(filter: RunFilter = {}, options?: CallOptions): AsyncGenerator<RunHead, void> {
    return eachItem({ path: '/api/v1/runs', query: filter, items: 'items' }, this.#sender, options);
  }

  /** What became of the steps of a run so far, in the order of its plan. */
  steps(id: string, options?: CallOptions): AsyncGenerator<Step, void> {
    return eachItem({ path: runPath(id, '/steps'), query: {}, items: 'items' }, this.#sender, options);
  }

  /**
   * The events of a run, past and coming, each once and in order, up to `run.finished`, over as many connections as it takes.
   *
   * @param after the `seq` of the last event that was seen
   */
  async *follow(id: string, after = 0, options: CallOptions = {}): AsyncGenerator<RunEvent, void> {
    const following = {
      path: runPath(id, '/events'),
      after: after === 0 ? null : String(after),
      isLast: ({ type }: { readonly type: string }) => type === 'run.finished',
    };
    const around = { sender: this.#sender, settings: this.#settings, options };
    for await (const { type, data } of followEvents(following, around)) {
      yield { type, ...(JSON.parse(data) as Omit<RunEvent, 'type'>) } as RunEvent;
    }
  }

  /** Waits until a run has ended. A signal ends the waiting, never the run. */
  async finish(id: string, options: CallOptions = {}): Promise<Run> {
    for await (const { type } of this.follow(id, 0, options)) if (type === 'run.finished') break;
    return this.run(id, options);
  }

  /** Ends a run that waits, and has a running one end soon; what was committed stays. */
  async cancel(id: string, options?: CallOptions): Promise<RunHead> {
    return (await this.#sender.json({ method: 'POST', path: runPath(id, '/cancel') }, options)) as RunHead;
  }

  /** Keeps a run from going on until it is resumed; a running one ends the migrations it is at. */
  async pause(id: string, options?: CallOptions): Promise<RunHead> {
    return (await this.#sender.json({ method: 'POST', path: runPath(id, '/pause') }, options)) as RunHead;
  }

  /** Lets a paused run go on. */
  async resume(id: string, options?: CallOptions): Promise<RunHead> {
    return (await this.#sender.json({ method: 'POST', path: runPath(id, '/resume') }, options)) as RunHead;
  }

  /** Starts another run for what a run that is over has not done. */
  async retry(id: string, options?: CallOptions): Promise<Run> {
    return (await this.#sender.json({ method: 'POST', path: runPath(id, '/retry') }, options)) as Run;
  }

  /** How targets stand, by connection and schema. */
  targets(filter: TargetFilter = {}, options?: CallOptions): AsyncGenerator<TargetStatus, void> {
    return eachItem({ path: '/api/v1/targets', query: filter, items: 'targets' }, this.#sender, options);
  }

  /** How targets of any selection stand, as many parts as there are; of an order, what it says of going down is not allowed. */
  async *statuses(order: PlanOrder, options?: CallOptions): AsyncGenerator<StatusPage, void> {
    let after: string | null = null;
    do {
      const body = { ...order, limit: LIMIT, ...(after === null ? {} : { after }) };
      const asked = { method: 'POST', path: '/api/v1/statuses', body } as const;
      const page = (await this.#sender.json(asked, options)) as StatusPage & { readonly next: string | null };
      yield page;
      after = page.next;
    } while (after !== null);
  }

  /** What the ledgers have recorded, whoever did it. */
  async ledgerEvents(order: LedgerEventOrder, options?: CallOptions): Promise<LedgerEventPage> {
    const asked = { method: 'POST', path: '/api/v1/ledger-events', body: order } as const;
    return (await this.#sender.json(asked, options)) as LedgerEventPage;
  }

  /** The migrations in force, by id. */
  catalog(options?: CallOptions): AsyncGenerator<CatalogEntry, void> {
    return eachItem({ path: '/api/v1/catalog', query: {}, items: 'items' }, this.#sender, options);
  }

  /** The configured connections, by name. */
  async connections(options?: CallOptions): Promise<readonly Connection[]> {
    const answer = await this.#sender.json({ method: 'GET', path: '/api/v1/connections' }, options);
    return (answer as { readonly connections: readonly Connection[] }).connections;
  }

  /** The schemas of all tenants of these connections, or of all. */
  async tenants(connection: readonly string[] = [], options?: CallOptions): Promise<readonly string[]> {
    const asked = { method: 'GET', path: '/api/v1/tenants', query: { connection } } as const;
    return ((await this.#sender.json(asked, options)) as { readonly schemas: readonly string[] }).schemas;
  }

  /** Asks a connection's database for schema names with a query, which may only read. For admins. */
  async querySchemas(connection: string, query: string, options?: CallOptions): Promise<readonly string[]> {
    const asked = { method: 'POST', path: '/api/v1/schema-queries', body: { connection, query } } as const;
    return ((await this.#sender.json(asked, options)) as { readonly schemas: readonly string[] }).schemas;
  }

  /** What is wrong or odd with the files of migrations. */
  async lint(options?: CallOptions): Promise<LintReport> {
    return (await this.#sender.json({ method: 'GET', path: '/api/v1/lint' }, options)) as LintReport;
  }

  /** The steps of all runs, what was recorded last first. */
  history(filter: HistoryFilter = {}, options?: CallOptions): AsyncGenerator<HistoryStep, void> {
    return eachItem({ path: '/api/v1/history', query: filter, items: 'items' }, this.#sender, options);
  }

  /** Who did what and who was refused what, the newest first. For admins. */
  audit(filter: AuditFilter = {}, options?: CallOptions): AsyncGenerator<AuditEntry, void> {
    return eachItem({ path: '/api/v1/audit', query: filter, items: 'items' }, this.#sender, options);
  }

  /** A part of that; `next` of it asks for the one behind. */
  async auditPage(filter: AuditFilter & PageOrder = {}, options?: CallOptions): Promise<AuditPage> {
    const asked = { method: 'GET', path: '/api/v1/audit', query: filter } as const;
    return (await this.#sender.json(asked, options)) as AuditPage;
  }
}

function runPath(id: string, more = ''): string {
  return `/api/v1/runs/${encodeURIComponent(id)}${more}`;
}
