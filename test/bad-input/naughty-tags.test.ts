import { useTestDatabase } from '@bfm/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildCli } from '../support/bfm.ts';
import { bfm, errorOf, faultsOf, UNSAFE } from './support/cli.ts';
import { databaseImage } from './support/database-image.ts';
import { makeTree, upFile } from './support/migration-tree.ts';
import { NAUGHTY_STRINGS } from './support/naughty-strings.ts';

/** Tags stand in a comment of one line, separated by commas, without white space round them. */
const IN_A_LINE = NAUGHTY_STRINGS.filter((text) => !/[\n\r]/.test(text));

/** By the rule of the guide, written down a second time. */
function mayBeValue(text: string): boolean {
  return text.trim() !== '' && !text.includes(',');
}

function mayBeKey(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9_./-]*$/.test(text);
}

function tagged(tags: readonly string[]): Record<string, string> {
  return Object.fromEntries(tags.map((tag, index) => [upFile(index), `-- bfm: tags=${tag}\nSELECT 1;\n`]));
}

describe('naughty strings as tags', async () => {
  const db = await useTestDatabase(18);
  beforeAll(buildCli);

  it('as keys are taken or refused at their place, and nothing changes', async () => {
    const keys = IN_A_LINE.filter((text) => !/[,=]/.test(text));
    const refused = keys
      .map((key, index) => ({ key, file: upFile(index) }))
      .filter(({ key }) => !mayBeKey(key.trim()));
    using tree = makeTree(tagged(keys.map((key) => `${key}=x`)));
    const before = await databaseImage(db);
    const json = await bfm({ db, tree }, 'up', '--json');
    const text = await bfm({ db, tree }, 'up');
    expect([json.code, text.code]).toEqual([2, 2]);
    expect(faultsOf(json).map(({ code, where }) => `${code} ${where.file ?? ''}`)).toEqual(
      refused.map(({ file }) => `migration.directive_invalid ${file}`),
    );
    expect(json.stderr + text.stderr).not.toMatch(UNSAFE);
    expect(await databaseImage(db)).toBe(before);
  });

  it('as values select exactly the migrations that have them', async () => {
    const values = IN_A_LINE.filter(mayBeValue);
    using tree = makeTree(tagged(values.map((value) => `naughty=${value}`)));
    const all = await bfm({ db, tree }, 'plan', '--json');
    expect(all.stderr).toBe('');
    const sample = values.filter((_, index) => index % 40 === 0 || values[index]?.startsWith('-'));
    for (const value of sample) {
      const end = await bfm({ db, tree }, 'plan', '--json', `--tag=naughty=${value.trim()}`);
      const { steps } = JSON.parse(end.stdout) as { steps: readonly { file: string }[] };
      const same = values.flatMap((other, index) => (other.trim() === value.trim() ? [upFile(index)] : []));
      expect(steps.map(({ file }) => file)).toEqual(same);
    }
  });

  it('on the command line are refused when they are no key=value', async () => {
    using tree = makeTree(tagged(['a=b']));
    for (const tag of ['', '=', '=x', 'plain', '\u001b[31m\u202e', '__proto__=x', 'a b=c']) {
      const end = await bfm({ db, tree }, 'plan', '--json', `--tag=${tag}`);
      expect(end.code).toBe(2);
      expect(errorOf(end).code).toBe('request.invalid');
      expect(end.stderr).not.toMatch(UNSAFE);
    }
  });
});
