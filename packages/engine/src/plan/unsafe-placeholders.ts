import type { Fault, PlanStep, Target } from '@bfm/core';
import { isPlainName, placeholdersIn, type PlaceholderName } from '../catalog/render-statement.ts';
import type { TargetWork } from './plan-builder.ts';

/**
 * The targets whose names cannot be filled into a text or body of a step, where no quoting makes every name safe: told
 * before anything runs, at the place in the file.
 */
export function findUnsafePlaceholders(work: readonly TargetWork[]): readonly Fault[] {
  // Thousands of targets share their steps, and most steps have nothing to look at.
  const used = new Map<PlanStep, ReadonlySet<PlaceholderName>>();
  const faults: Fault[] = [];
  for (const { state, steps } of work) {
    for (const step of steps) {
      if (step.literalPlaceholder === null) continue;
      const names = used.get(step) ?? placeholdersOf(step);
      used.set(step, names);
      const fault = findUnsafe(step, names, state.target);
      if (fault !== null) faults.push(fault);
    }
  }
  return faults;
}

function placeholdersOf({ statements, execution }: PlanStep): ReadonlySet<PlaceholderName> {
  const texts = [...statements.map(({ text }) => text), execution.verify ?? ''];
  return new Set(texts.flatMap(placeholdersIn));
}

function findUnsafe(step: PlanStep, names: ReadonlySet<PlaceholderName>, target: Target): Fault | null {
  const { literalPlaceholder: literal, version, file, migrationId } = step;
  const { connection, schema, backend } = target;
  const values = { connection, schema, backend, version };
  const unsafe = [...names].map((name) => values[name]).find((value) => !isPlainName(value));
  if (literal === null || unsafe === undefined) return null;
  const { line, column, placeholder } = literal;
  return {
    code: 'migration.placeholder_unsafe',
    message: `${placeholder} stands inside a text, body or comment, where the name ${JSON.stringify(unsafe)} could end it`,
    where: { file, line, column, migration_id: migrationId, connection, schema },
    mend: `move ${placeholder} out of the quotes, or use names of letters, digits and _ only`,
  };
}
