import { expect, it } from 'vitest';
import { plainLook } from '../../test/sample.ts';
import { failpointsView, presentFailpoints, type ListedFailpoints } from './failpoints-view.ts';

const listed: ListedFailpoints = {
  failpoints: {
    'target.taken': { reached: 'the lock is held', moment: 'S3', waits: true },
    'note.written': { reached: 'a note is written', moment: null, waits: false },
  },
  actions: { kill: 'it dies' },
  enabled: false,
  rules: [],
};

it('lists what is reached when, and that nothing is enabled', () => {
  expect(failpointsView(listed, plainLook(60))).toEqual([
    'target.taken',
    '  the lock is held (S3)',
    'note.written',
    '  a note is written',
    '',
    'what can happen there',
    'kill',
    '  it dies',
    '',
    'Not enabled: BFM_FAILPOINTS does nothing without BFM_ENABLE_FAILPOINTS=1.',
  ]);
});

it('says what will happen', () => {
  const rules = [
    { name: 'target.taken', action: 'kill', ms: 0, hit: 1 },
    { name: 'note.written', action: 'busy', ms: 20, hit: 3 },
  ];
  expect(failpointsView({ ...listed, enabled: true, rules }, plainLook(60)).slice(-3)).toEqual([
    'Enabled by BFM_ENABLE_FAILPOINTS=1.',
    'target.taken: kill, when it is reached for time 1',
    'note.written: busy for 20 ms, when it is reached for time 3',
  ]);
  expect(presentFailpoints({ ...listed, enabled: true, rules })).toEqual({
    enabled: true,
    failpoints: [
      { name: 'target.taken', moment: 'S3', reached: 'the lock is held', waits: true },
      { name: 'note.written', moment: null, reached: 'a note is written', waits: false },
    ],
    actions: ['kill'],
    rules,
  });
});
