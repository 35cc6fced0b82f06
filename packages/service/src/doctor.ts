import { exitCodeOf, isBfmError, type BfmError, type ConnectionName } from '@bfm/core';
import type { StoreKeeper } from '@bfm/engine';
import { diagnoseLedger } from './doctor/diagnose-ledger.ts';
import { diagnoseServer } from './doctor/diagnose-server.ts';
import { diagnoseSurroundings } from './doctor/diagnose-surroundings.ts';
import { diagnoseStatuses } from './doctor/diagnose-statuses.ts';
import { diagnoseTargets } from './doctor/diagnose-targets.ts';
import { diagnoseUnfinished } from './doctor/diagnose-unfinished.ts';
import { examineStatuses } from './doctor/examine-statuses.ts';
import { errorToFindings, type Finding } from './doctor/finding.ts';
import { lintFiles } from './lint-files.ts';
import type { ServiceContext } from './service-context.ts';
import { unconfiguredFaults } from './planning/find-connection.ts';
import { keptStores, type KeptStore } from './targets/keepers.ts';

/** What only means that something could not be looked at. */
const AWAY: ReadonlySet<Finding['code']> = new Set([
  'target.unreachable',
  'lock.unreachable',
  'state.unavailable',
]);

/** A transaction that is idle for less is somebody thinking. */
const IDLE_MS = 60_000;

/** What a doctor cannot find out by itself. */
export interface DoctorRequest {
  /** This machine's clock: milliseconds since 1970. */
  readonly nowMs: () => number;
  /** Connections whose addresses are said to be a pooler's. */
  readonly pooled: ReadonlySet<ConnectionName>;
}

/**
 * Looks at everything that BFM works with: files, databases, ledgers and what gets in the way. Changes nothing; what cannot
 * be looked at is a finding, and no exception.
 */
export async function examineEverything(
  request: DoctorRequest,
  context: ServiceContext,
): Promise<readonly Finding[]> {
  const stores = keptStores(context).map((store) => examineStore(store, request, context));
  const found = await Promise.all([...stores, examineLocks(context)]);
  return [...(await examineFiles(context)), ...found.flat()];
}

/** Findings of an error that keeps everything else from being looked at. */
export function toFindings(error: BfmError): readonly Finding[] {
  return errorToFindings(error, null);
}

/** The exit code of findings: 6 when one needs a person, 8 when databases could not be reached and that is all. */
export function findingsExitCode(findings: readonly Finding[]): number {
  const urgent = findings.filter(({ severity }) => severity === 'warning' || severity === 'error');
  if (urgent.length === 0) return 0;
  const isAway = urgent.every(({ code }) => AWAY.has(code));
  return isAway ? exitCodeOf('target.unreachable') : 6;
}

/** Whoever hands out leases, if anybody does: without it no run begins. */
async function examineLocks(context: ServiceContext): Promise<readonly Finding[]> {
  try {
    const provider = await context.openLocks();
    if (provider === null) return [];
    const { length } = await provider.list();
    const held = length === 0 ? 'no lease is held' : `${length} lease${length === 1 ? ' is' : 's are'} held`;
    const message = `hands out leases (${provider.kind}); ${held} now`;
    return [
      { code: 'locks.reached', severity: 'ok', message, where: {}, database: provider.address, mend: null },
    ];
  } catch (error) {
    if (isBfmError(error)) return errorToFindings(error, null);
    throw error;
  }
}

function examineFiles(context: ServiceContext): Promise<readonly Finding[]> {
  const needed = context.catalog.migrations.map(({ connection }) => connection);
  return lintFiles(context, unconfiguredFaults(needed, context));
}

async function examineStore(
  { keeper, connections }: KeptStore,
  { nowMs, pooled }: DoctorRequest,
  context: ServiceContext,
): Promise<readonly Finding[]> {
  const { address } = keeper;
  try {
    const examination = await keeper.examine(IDLE_MS);
    const { ledger } = examination;
    const saidPooled = connections.some((name) => pooled.has(name));
    const findings = [
      ...diagnoseServer(examination, { address, nowMs: nowMs(), saidPooled, connections }),
      ...diagnoseLedger(examination, address),
      ...diagnoseUnfinished(ledger?.unfinished ?? [], context.catalog, address),
      ...diagnoseSurroundings(examination, context.catalog, address),
    ];
    if (ledger !== null && (ledger.lacking.length > 0 || ledger.format > ledger.known)) return findings;
    return [...findings, ...(await examineTargets(keeper, connections, context))];
  } catch (error) {
    return isBfmError(error) ? errorToFindings(error, address) : [damaged(error, address)];
  }
}

async function examineTargets(
  keeper: StoreKeeper,
  here: readonly ConnectionName[],
  context: ServiceContext,
): Promise<readonly Finding[]> {
  const { address } = keeper;
  const { statuses, findings } = await examineStatuses(here, address, context);
  const recreated = statuses.flatMap(({ blocker, target: { connection, schema } }) =>
    blocker === 'ledger.recreated' && schema !== null ? [{ connection, schema }] : [],
  );
  const configured = new Set(context.connections.keys());
  return [
    ...diagnoseTargets(await keeper.scopes(), { configured, here, recreated }, address),
    ...findings,
    ...diagnoseStatuses(statuses, context.catalog, address),
  ];
}

/** What is there is no ledger of ours any more: a table or a function of it is gone. */
function damaged(error: unknown, address: string): Finding {
  return {
    code: 'ledger.damaged',
    severity: 'error',
    message: `the ledger cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    where: {},
    database: address,
    mend: 'restore schema bfm from a backup; without one, put it aside (ALTER SCHEMA bfm RENAME TO bfm_damaged) and say what is applied with bfm baseline',
  };
}
