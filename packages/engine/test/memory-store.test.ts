import { describeTargetStore, MemoryStore } from '@bfm/testing';

describeTargetStore('the store in memory', {
  makeStore: () => new MemoryStore('memory', (sql) => (sql === 'breaks' ? 'failed' : 'ok')),
  statements: { works: 'works', fails: 'breaks' },
});
