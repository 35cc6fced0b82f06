import type { SchemaName } from '@bfm/core';
import { describe, expect, it } from 'vitest';
import { diagnoseProjection } from './examine-projection.ts';

const of = (migrationId: string, status: 'applied' | 'rolled_back' = 'applied') => ({
  schema: 'one' as SchemaName,
  migrationId,
  status,
});

describe('what the state knows of ledgers', () => {
  it('is no finding as long as both have the same applied', () => {
    expect(diagnoseProjection('core', [of('a'), of('b', 'rolled_back')], [of('a')])).toEqual([]);
  });

  it('is stale in both ways, each told by name, with the command that mends it', () => {
    const [finding, ...others] = diagnoseProjection('core', [of('a')], [of('b'), of('c')]);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      code: 'state.projection_stale',
      severity: 'warning',
      mend: 'bfm repair projection --connection core',
    });
    expect(finding?.message).toContain('1 applied that the state does not know (a in one)');
    expect(finding?.message).toContain('2 not applied that the state has as applied (b in one, c in one)');
  });
});
