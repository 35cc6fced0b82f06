import { until } from '@bfm/testing';
import { expect, it } from 'vitest';
import { table } from './support/trees.ts';
import { useApi } from './support/use-api.ts';

type Body = Readonly<Record<string, unknown>>;

/** In the order of code points, which is neither that of a language nor that of UTF-16. */
const SCHEMAS = ['A b', 'Zoo', 'acme', 'zoo', 'ä', '\u{ff21}', '\u{1f600}'];

it('lists targets of fixed and dynamic migrations page by page, each once, in one order, without those that are gone', async () => {
  const api = await useApi({ ...table(1, 'users'), ...table(2, 'fixed', { schema: 'main' }) });
  const run = await api.call('POST', '/runs', { schemas: [...SCHEMAS, 'gone'] });
  await until(async () => (await api.call('GET', `/runs/${String(run.body['id'])}`)).body['finished_at'], {
    what: 'the run to end',
  });
  await api.db.query('DROP SCHEMA gone CASCADE');
  const whole = (await api.call('GET', '/targets')).body;
  expect(whole['next']).toBeNull();
  const targets = whole['targets'] as readonly Body[];
  expect(targets.map(({ schema }) => schema)).toEqual([...SCHEMAS.slice(0, 3), 'main', ...SCHEMAS.slice(3)]);
  for (const limit of [1, 2, 3, 7, 8]) {
    const pages: Body[] = [];
    let after: string | null = null;
    do {
      const behind: string = after === null ? '' : `&after=${encodeURIComponent(after)}`;
      const { body } = await api.call('GET', `/targets?limit=${limit}${behind}`);
      const page = body['targets'] as readonly Body[];
      expect(page.length).toBeLessThanOrEqual(limit);
      pages.push(...page);
      after = body['next'] as string | null;
    } while (after !== null);
    expect(pages).toEqual(targets);
  }
});
