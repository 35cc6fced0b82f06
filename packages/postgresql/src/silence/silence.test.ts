import { describe, expect, it } from 'vitest';
import { describeBlocker, describeBlockers, type Blocker } from './blocker.ts';
import type { Look } from './look.ts';
import { silenceVerdict, type Silence } from './silence-verdict.ts';

const psql: Blocker = {
  pid: 4711,
  application: 'psql',
  user: 'alice',
  state: 'idle in transaction',
  seconds: 12.4,
  command: 'UPDATE',
  kind: 'session',
};

describe('a blocker in words', () => {
  it.each<[Partial<Blocker>, string]>([
    [{}, 'pid 4711 (psql, alice, idle in transaction for 12 s after UPDATE)'],
    [{ state: 'active', command: 'SELECT' }, 'pid 4711 (psql, alice, active for 12 s with SELECT)'],
    [{ application: null, state: null, seconds: null, command: null }, 'pid 4711 (alice)'],
    [{ pid: 0 }, 'a prepared transaction (see pg_prepared_xacts)'],
    [{ kind: 'autovacuum' }, 'pid 4711 (autovacuum for 12 s)'],
    [
      { kind: 'wraparound autovacuum' },
      'pid 4711 (autovacuum to prevent wraparound of transaction ids, which gives way to nobody for 12 s)',
    ],
  ])('%j', (parts, text) => {
    expect(describeBlocker({ ...psql, ...parts })).toBe(text);
  });

  it('names only the first of many', () => {
    const many = Array.from({ length: 8 }, (_, pid) => ({
      ...psql,
      pid: pid + 1,
      application: null,
      user: null,
      state: null,
    }));
    expect(describeBlockers(many)).toBe('pid 1, pid 2, pid 3, pid 4, pid 5 and 3 more');
    expect(describeBlockers([])).toBe('');
  });
});

describe('what becomes of a silent connection', () => {
  const silence: Silence = {
    silentMs: 31_000,
    idleMs: 0,
    hasChanged: false,
    missed: 0,
    isPatient: true,
    deadlineMs: 30_000,
  };
  const at = (isActive: boolean): Look => ({
    kind: 'there',
    pid: 1,
    life: 'x',
    isActive,
    blockers: [],
    progress: null,
  });

  it.each<[string, Look, Partial<Silence>, RegExp | null]>([
    ['a statement may be as long as it likes', at(true), { silentMs: 86_400_000 }, null],
    ['also where the server cannot say how it goes', { kind: 'unknown' }, { silentMs: 86_400_000 }, null],
    [
      'a question of our own may not',
      at(true),
      { silentMs: 121_000, isPatient: false },
      /^nothing was heard for 121 s$/,
    ],
    ['a backend that was not found once', { kind: 'gone' }, { silentMs: 31_000, missed: 1 }, null],
    ['a backend that is gone', { kind: 'gone' }, { silentMs: 1_500, missed: 2 }, /ended the session/],
    ['another one with its number', at(true), { hasChanged: true }, /ended the session/],
    ['no answer before the deadline', { kind: 'no answer' }, { silentMs: 29_999 }, null],
    ['no answer after it', { kind: 'no answer' }, {}, /nothing answers/],
    ['an answer that is lost', at(false), { idleMs: 5_000 }, /nothing to do for us/],
    ['an answer that may still come', at(false), { idleMs: 4_999 }, null],
    ['the same before the deadline', at(false), { idleMs: 5_000, silentMs: 29_000 }, null],
  ])('%s', (_what, ...[look, parts, expected]) => {
    const verdict = silenceVerdict(look, { ...silence, ...parts });
    if (expected === null) expect(verdict).toBeNull();
    else expect(verdict).toMatch(expected);
  });
});
