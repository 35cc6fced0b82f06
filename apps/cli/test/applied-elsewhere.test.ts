import { useTestDatabase } from '@bfm/testing';
import { expect, it } from 'vitest';
import { makeFolder, runMain } from './run-main.ts';

const TREE = {
  'postgresql/shop/20250101000000_users.up.sql': 'CREATE TABLE users (mail text);',
  'postgresql/shop/20250102000000_one_mail.up.sql': 'CREATE UNIQUE INDEX users_mail ON users (mail);',
};

const db = await useTestDatabase(18);
const env = { SHOP_BACKEND: 'postgresql', SHOP_URL: db.url };

it('sends nobody to a file that other tenants have applied, and what it names instead works', async () => {
  const sfm = makeFolder(TREE);
  const bfm = (...args: readonly string[]): ReturnType<typeof runMain> =>
    runMain([...args, '--yes', '--sfm', sfm], { env });
  expect((await bfm('up', '--schema', 'good')).code).toBe(0);
  expect((await bfm('up', '--schema', 'bad', '--to', '20250101000000')).code).toBe(0);
  await db.query("INSERT INTO bad.users VALUES ('a'), ('a')");
  const failed = await bfm('up', '--schema', 'bad');
  expect(failed.code).toBe(1);
  expect(failed.stdout).toContain('next: leave the file as it is, shop/good has it applied');
  const [, command = ''] =
    /bfm (repair mark-applied .* --reason WHY)( --sfm .*)?\n/.exec(failed.stdout) ?? [];
  expect((await bfm(...command.replace('WHY', 'tested').split(' '))).code).toBe(0);
  expect((await bfm('up', '--schema', 'bad')).stdout).toContain('Nothing to do');
});
