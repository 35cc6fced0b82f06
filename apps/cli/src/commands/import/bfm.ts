import { resolve } from 'node:path';
import {
  planImport,
  presentImport,
  readStateSource,
  requireDecided,
  toDryEditRun,
  writeEdits,
  type ImportPlan,
  type StateSource,
} from '@bfm/service';
import { readSettingFile } from '../../config/setting-file.ts';
import { loadEffects, openStateReader } from '../../direct/state-reader.ts';
import type { Invocation } from '../../invocation.ts';
import { selectingIn } from '../../modes/selecting.ts';
import type { ImportCommandOptions } from '../../options/option-types.ts';
import { parsePlaces } from '../../options/places.ts';
import { buildPlanRequest } from '../../options/plan-request.ts';
import { usageError } from '../../options/usage-error.ts';
import { importView } from '../../output/import-view.ts';
import { count } from '../../output/wording.ts';
import { ask } from '../../run/ask.ts';
import { writeLedgers } from '../../run/write-ledgers.ts';
import { openSession, type Session } from '../session.ts';

/** A person was needed and said no. */
const DECLINED = 6;

/** `bfm import bfm`: takes over what an existing Go BFM has applied. */
export async function runImportBfm(options: ImportCommandOptions, invocation: Invocation): Promise<number> {
  const leaveOut = parsePlaces(options.leaveOut ?? []);
  await using session = await openSession(options, invocation);
  const { context, terminal } = session;
  const source = requireSource(options, session);
  const { trust, ...others } = options;
  const selection = { ...(await buildPlanRequest('up', others, selectingIn(context))), leaveOut };
  const sources = { state: openStateReader(source), loadEffects };
  const plan = await planImport({ selection, trust: trust ?? null }, sources, context);
  const { print, look } = terminal.people;
  const tellPlanned = (line: string | null): void => {
    terminal.data(presentImport(plan, toDryEditRun(plan.edits, context)));
    if (line !== null) print([line]);
  };
  print([...importView(plan, look), '']);
  refuseUndecided(plan, tellPlanned);
  if (plan.edits.length === 0) {
    tellPlanned('Nothing to do: the ledgers say all of it already.');
    return 0;
  }
  if (options.dryRun === true) {
    tellPlanned('Dry run: nothing was changed.');
    return 0;
  }
  if (options.yes !== true && terminal.canAsk && !(await ask(questionOf(plan)))) {
    tellPlanned('Nothing was changed.');
    return DECLINED;
  }
  return await writeLedgers(
    {
      write: (settings) => writeEdits(plan.edits, settings, context),
      present: (run) => presentImport(plan, run),
    },
    options,
    session,
  );
}

/** Programs are told which targets it is about, too. */
function refuseUndecided(plan: ImportPlan, tellPlanned: (line: null) => void): void {
  try {
    requireDecided(plan);
  } catch (error) {
    tellPlanned(null);
    throw error;
  }
}

function questionOf({ edits }: ImportPlan): string {
  return `Write this to ${count(edits.length, 'ledger')}? No migration is run.`;
}

function requireSource({ stateUrl, stateSchema }: ImportCommandOptions, { variables }: Session): StateSource {
  const source = readStateSource(
    { url: stateUrl ?? null, schema: stateSchema ?? null },
    {
      environment: variables,
      document: null,
      readFile: (path) => readSettingFile(resolve(process.cwd(), path)),
    },
  );
  if (source !== null) return source;
  throw usageError(
    'nothing says where the state of the existing BFM is',
    'add --state-url postgres://user:password@host:5432/database, or set the BFM_STATE_DB_* variables that it is started with',
  );
}
