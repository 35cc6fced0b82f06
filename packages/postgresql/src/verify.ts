import { BfmError, type PlanStep } from '@bfm/core';
import { renderStatement, type PlaceholderValues } from '@bfm/engine';
import { oneCommand, type Message } from './message.ts';
import { rowCountOf, type Answer } from './pipeline.ts';

/** The message that asks a step's post-condition; `null` when it has none. */
export function verifyMessage(step: PlanStep, values: PlaceholderValues): Message | null {
  const { verify } = step.execution;
  return verify === null
    ? null
    : oneCommand(renderStatement(verify, values, step.literalPlaceholder !== null));
}

/** What is wrong with the answer to {@link verifyMessage}; `null` when it is one row that says true and nothing else. */
export function checkVerified({ execution }: PlanStep, answer: Answer): BfmError | null {
  if (answer.error !== null) return null;
  const found = Object.values(answer.firstRow ?? {});
  if (rowCountOf(answer) === 1 && found.length === 1 && found[0] === true) return null;
  const said = rowCountOf(answer) === 1 ? JSON.stringify(found).slice(1, -1) : answer.command;
  return new BfmError('step.verify_failed', {
    message: `its post-condition does not hold: ${execution.verify ?? ''} answers ${said.slice(0, 200)}`,
    next: 'find out why, mend the file or the data, and run the same command again',
  });
}
