import { describe, expect, it } from 'vitest';
import { KnownEntries, type EntriesRow } from './known-entries.ts';

const told = (digest: string): EntriesRow => ({
  digest,
  entries: [[`m${digest}`, '20250101000000', 'c', 'applied', 'run-1']],
});
const leftOut = (digest: string): EntriesRow => ({ digest, entries: null });

describe('ledgers that were read before', () => {
  it('are not told again, and are the same map', () => {
    const known = new KnownEntries();
    expect(known.ask().digests).toEqual([]);
    const first = known.ask().read(told('1'));
    expect([...first.values()]).toMatchObject([{ migrationId: 'm1', status: 'applied', runId: 'run-1' }]);
    const again = known.ask();
    expect(again.digests).toEqual(['1']);
    expect(again.read(leftOut('1'))).toBe(first);
  });

  it('are few, and stay known to whoever asked before they were dropped', () => {
    const known = new KnownEntries();
    const first = known.ask().read(told('0'));
    const early = known.ask();
    for (let number = 1; number <= 20; number += 1) known.ask().read(told(String(number)));
    expect(known.ask().digests).toHaveLength(8);
    expect(known.ask().digests).not.toContain('0');
    expect(early.read(leftOut('0'))).toBe(first);
  });

  it('are empty where no target is', () => {
    expect(new KnownEntries().ask().read(undefined).size).toBe(0);
  });

  it('must be known when they are left out', () => {
    expect(() => new KnownEntries().ask().read(leftOut('1'))).toThrow(/unknown digest/);
  });
});
