import { toFaultsError, type Fault, type Target } from '@bfm/core';
import type { SchemaObject } from '@bfm/engine';
import type { ImportPlan, ImportTarget } from './import-plan.ts';
import type { Problem } from './judge-target.ts';
import type { Suspicion } from './claim.ts';

/** The same problem in some targets of one connection. */
export interface AlikeProblem {
  readonly problem: Problem;
  /** At least one. */
  readonly targets: readonly Target[];
}

/** What a suspicion means, for people. */
export const SUSPICIONS: Readonly<Record<Suspicion, string>> = {
  rolled_back: 'it was rolled back there once, after which a Go BFM may leave "applied" behind',
  rows_disagree: 'its rows disagree with each other',
  failed_afterwards: 'it was applied, and a later run or rollback of it failed',
  history_disagrees: 'history and executions say different things',
};

/** Puts what is alike in many targets together. */
export function alikeProblems(
  targets: readonly ImportTarget[],
  which: 'undecided' | 'settled',
): readonly AlikeProblem[] {
  const groups = new Map<string, { readonly problem: Problem; readonly targets: Target[] }>();
  for (const each of targets) {
    for (const problem of each[which]) {
      const { migration, applied, suspicion, missing, there } = problem;
      const key = JSON.stringify([migration.id, applied, suspicion, missing, there]);
      const group = groups.get(key) ?? { problem, targets: [] };
      group.targets.push(each.target);
      groups.set(key, group);
    }
  }
  return [...groups.values()];
}

/**
 * Refuses to go on while it is not decided what is true.
 *
 * @throws {import.undecided} with each problem once, however many targets have it
 */
export function requireDecided({ targets }: ImportPlan): void {
  const lost = targets.filter((each) => each.lost > 0).map(lostFault);
  const problems = alikeProblems(targets, 'undecided').map(toFault);
  const [first, ...rest] = [...problems, ...lost];
  if (first === undefined) return;
  throw toFaultsError([first, ...rest], CHOICE);
}

const CHOICE =
  'look at each, then: --trust catalog goes by what is there, --trust state by what the state says last, and --leave-out CONNECTION/SCHEMA leaves a target as it is; repair mark-applied and repair mark-pending correct single migrations afterwards';

function toFault({ problem, targets }: AlikeProblem): Fault {
  const { migration } = problem;
  const [target] = targets;
  return {
    code: 'import.undecided',
    message: `${describeClaim(problem, targets)}; nothing was changed`,
    where: {
      migration_id: migration.id,
      connection: migration.connection,
      ...(target === undefined ? {} : { schema: target.schema }),
    },
    mend: CHOICE,
  };
}

/** What is said of a migration, and what was found, in a sentence. */
export function describeClaim(problem: Problem, targets: readonly Target[]): string {
  const { migration, applied, suspicion, missing, there } = problem;
  const found = [
    ...(suspicion === null ? [] : [SUSPICIONS[suspicion]]),
    ...(missing.length === 0 ? [] : [`not there: ${describeObjects(missing)}`]),
    ...(there.length === 0 ? [] : [`there: ${describeObjects(there)}`]),
    ...(problem.shown || missing.length + there.length > 0
      ? []
      : ['the catalog does not show whether it ran']),
  ];
  return `${migration.id} is ${applied ? '' : 'not '}applied in ${describeTargets(targets)} by the state's last word; ${found.join('; ')}`;
}

const SHOWN_MAX = 3;

function describeTargets(targets: readonly Target[]): string {
  const names = targets.slice(0, SHOWN_MAX).map(({ connection, schema }) => `${connection}/${schema}`);
  const more = targets.length - names.length;
  return `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** Objects for people, the first few by name. */
export function describeObjects(objects: readonly SchemaObject[]): string {
  const names = objects
    .slice(0, SHOWN_MAX)
    .map(
      ({ word, schema, of, name }) =>
        `${word} ${[schema, of, name].filter((part) => part !== null).join('.')}`,
    );
  const more = objects.length - names.length;
  return `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function lostFault({ target: { connection, schema }, lost }: ImportTarget): Fault {
  return {
    code: 'import.undecided',
    message: `schema ${schema} of connection ${connection} does not exist, and the state says that ${lost === 1 ? 'a migration is' : `${lost} migrations are`} applied in it; nothing was changed`,
    where: { connection, schema },
    mend: `when it was dropped: --trust catalog, or --leave-out ${connection}/${schema}`,
  };
}
