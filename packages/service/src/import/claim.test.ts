import { describe, expect, it } from 'vitest';
import { weighClaim, type ClaimFacts } from './claim.ts';

const facts = (parts: Partial<ClaimFacts>): ClaimFacts => ({
  executions: [],
  history: [],
  phantoms: [],
  listed: null,
  ...parts,
});
const APPLIED = { status: 'applied', applied: true, appliedAt: '2025-06-01T10:00:00.000000' };
const PENDING = { status: 'pending', applied: false, appliedAt: null };
const FAILED = { status: 'failed', applied: false, appliedAt: null };
const once = (appliedAt: string | null, rolledBackAt: string | null = null) => ({
  appliedAt,
  rolledBackAt,
  executedBy: appliedAt === null ? null : 'api_user',
});
const ONE = '2025-06-01T10:00:00.000000';
const TWO = '2025-06-02T10:00:00.000000';
const THREE = '2025-06-03T10:00:00.000000';

type Said = [applied: boolean, suspicion: string | null];

const shortly = (parts: Partial<ClaimFacts>): unknown => {
  const { applied, suspicion } = weighClaim(facts(parts));
  return [applied, suspicion];
};

describe('what a state claims', () => {
  it.each<[string, Partial<ClaimFacts>, ...Said]>([
    ['applied, and nothing else', { executions: [APPLIED], history: [once(ONE)] }, true, null],
    ['applied as a dependency, without history', { executions: [APPLIED] }, true, null],
    ['registered only', { executions: [PENDING] }, false, null],
    ['failed at once', { executions: [FAILED] }, false, null],
    ['nothing', {}, false, null],
    ['what only the list says', { listed: 'applied' }, true, null],
    ['what only an older list says', { listed: 'success' }, true, null],
    ['what the list says pending', { listed: 'pending' }, false, null],
    ['what the list says was rolled back', { listed: 'rolled_back' }, false, 'rolled_back'],
    [
      'rolled back, as history and execution say',
      { executions: [PENDING], history: [once(ONE, TWO)] },
      false,
      'rolled_back',
    ],
    [
      'rolled back, though a reindex has brought applied back',
      { executions: [APPLIED], history: [once(ONE, TWO)] },
      false,
      'rolled_back',
    ],
    [
      'rolled back and applied again',
      { executions: [APPLIED], history: [once(THREE, TWO)] },
      true,
      'rolled_back',
    ],
    [
      'applied, with a phantom that is later',
      { executions: [APPLIED], history: [once(ONE)], phantoms: [TWO] },
      false,
      'rolled_back',
    ],
    [
      'applied, with a phantom that is earlier',
      { executions: [APPLIED], history: [once(THREE)], phantoms: [TWO] },
      true,
      'rolled_back',
    ],
    [
      'applied, with a phantom of nobody knows when',
      { executions: [APPLIED], history: [once(ONE)], phantoms: [null] },
      false,
      'rolled_back',
    ],
    [
      'applied, and run again in vain',
      { executions: [FAILED], history: [once(ONE)] },
      true,
      'failed_afterwards',
    ],
    [
      'applied by history, pending by execution',
      { executions: [PENDING], history: [once(ONE)] },
      true,
      'history_disagrees',
    ],
    ['rows of several ids', { executions: [APPLIED, PENDING] }, true, 'rows_disagree'],
    ['a row that contradicts itself', { executions: [{ ...FAILED, applied: true }] }, true, 'rows_disagree'],
    [
      'a rollback and a run within one second',
      { executions: [APPLIED], history: [once(ONE, ONE)] },
      false,
      'rolled_back',
    ],
  ])('%s', (_what, parts, ...said) => {
    expect(shortly(parts)).toEqual(said);
  });

  it('remembers when and by whom, history before executions', () => {
    expect(weighClaim(facts({ executions: [APPLIED], history: [once(TWO), once(null)] }))).toMatchObject({
      appliedAt: TWO,
      executedBy: 'api_user',
    });
    expect(weighClaim(facts({ executions: [APPLIED] }))).toMatchObject({ appliedAt: ONE, executedBy: null });
    expect(weighClaim(facts({ executions: [PENDING] }))).toMatchObject({ appliedAt: null, executedBy: null });
  });
});
