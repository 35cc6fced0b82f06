import { useTestDatabase } from '@bfm/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildCli } from '../support/bfm.ts';
import { bfm } from './support/cli.ts';
import { makeTree, upFile } from './support/migration-tree.ts';

describe('I13: migrations with much to say', async () => {
  const db = await useTestDatabase(18);
  beforeAll(buildCli);

  it('a notice for each of many rows: the first ones are shown, the others counted', async () => {
    using tree = makeTree({
      [upFile(0)]:
        "DO $$ BEGIN FOR i IN 1..200000 LOOP RAISE NOTICE 'row %', i; END LOOP; END $$;\nSELECT 'behind it';",
    });
    const end = await bfm({ db, tree }, 'up');
    expect(end).toMatchObject({ code: 0, stderr: '' });
    expect(end.stdout.match(/NOTICE: row/g)).toHaveLength(1_000);
    expect(end.stdout).toContain('and 199,000 more notices');
    expect(end.stdout).toContain('Applied 1 migration');
  });
});

describe('I13: migrations with long results outside of transactions', async () => {
  const db = await useTestDatabase(18);
  beforeAll(buildCli);

  it('rows that nobody reads are not kept', async () => {
    const text = "-- bfm: transaction=none\nSELECT repeat('x', 1000) FROM generate_series(1, 200000);";
    using tree = makeTree({ [upFile(1)]: text });
    // They would take 200 MB and more.
    const end = await bfm({ db, tree, env: { NODE_OPTIONS: '--max-old-space-size=100' } }, 'up');
    expect(end).toMatchObject({ code: 0, stderr: '' });
    expect(end.stdout).toContain('Applied 1 migration');
  });
});
