import { BfmError } from '@bfm/core';
import { expect, it } from 'vitest';
import { stepError, target } from '../../test/sample.ts';
import { groupByCause, shortMessage, toProblem, toProblems } from './problem.ts';

const failure = (schema: string, message = 'column "mail" does not exist'): BfmError =>
  stepError(target(schema), 'step.failed', message);

it('takes the same failure in several tenants for one cause', () => {
  const causes = groupByCause([failure('cli_a'), failure('cli_b')].map(toProblem));
  expect(causes).toHaveLength(1);
  expect(causes[0]?.targets).toEqual(['core/cli_a', 'core/cli_b']);
  expect(causes[0]?.problem.message).toContain('failed in core/*: column "mail" does not exist');
});

it('sees through the name of the tenant inside the message', () => {
  const causes = groupByCause(
    ['cli_a', 'cli_b'].map((schema) => toProblem(failure(schema, `relation "${schema}.x" does not exist`))),
  );
  expect(causes).toHaveLength(1);
});

it('does not take another failure for the same, nor part of a word for the tenant', () => {
  const other = [failure('cli_a'), failure('cli_b', 'deadlock detected')];
  expect(groupByCause(other.map(toProblem))).toHaveLength(2);
  const [cause] = groupByCause(
    [failure('a', 'relation "data" is bad'), failure('b', 'relation "data" is bad')].map(toProblem),
  );
  expect(cause?.problem.message).toContain('"data"');
});

it('leaves the message of a single target as it is', () => {
  const [cause] = groupByCause([toProblem(failure('cli_a'))]);
  expect(cause?.problem.message).toContain('core/cli_a');
});

it('keeps the server’s own words for a line that names the rest', () => {
  expect(shortMessage(toProblem(failure('cli_a')))).toBe('column "mail" does not exist');
  expect(shortMessage({ message: 'anything else', where: {} })).toBe('anything else');
});

it('calls a SQLSTATE only what is one', () => {
  const refused = new BfmError('target.unreachable', { message: 'm', details: { sqlstate: 'ECONNREFUSED' } });
  expect(toProblem(refused).remarks).toEqual([['code', 'ECONNREFUSED']]);
  const denied = new BfmError('target.unreachable', { message: 'm', details: { sqlstate: '28P01' } });
  expect(toProblem(denied).remarks).toEqual([['sqlstate', '28P01']]);
});

it('takes all faults of an error, or itself', () => {
  const fault = { code: 'migration.empty', message: 'm', where: {}, mend: 'n' } as const;
  const error = new BfmError('migration.empty', {
    message: 'm (and 1 more)',
    details: { faults: [fault, fault] },
  });
  expect(toProblems(error)).toHaveLength(2);
  expect(toProblems(new BfmError('request.invalid', { message: 'm' }))).toHaveLength(1);
});
