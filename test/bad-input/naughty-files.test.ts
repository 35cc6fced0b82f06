import { formatPlace } from '@bfm/core';
import { useTestDatabase } from '@bfm/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildCli } from '../support/bfm.ts';
import { bfm, faultsOf, UNSAFE } from './support/cli.ts';
import { databaseImage } from './support/database-image.ts';
import { HISTORY } from './support/describe-refusals.ts';
import { CORE, makeTree, versionOf } from './support/migration-tree.ts';
import { bytesOf, NAUGHTY_STRINGS } from './support/naughty-strings.ts';

const FILE_NAME_BYTES_MAX = 255;

/** What a file system takes at all. */
const NAMES = NAUGHTY_STRINGS.map((text, index) => ({
  text,
  file: `${versionOf(index)}_${text}.up.sql`,
})).filter(({ file }) => !file.includes('/') && bytesOf(file) <= FILE_NAME_BYTES_MAX);

/** By the rule of the guide, written down a second time, letter by letter. */
function mayBeName(text: string): boolean {
  const letters = Array.from(text.normalize('NFC'));
  const [first = ''] = letters;
  const isWord = (letter: string): boolean => /^[\p{L}\p{N}]$/u.test(letter);
  return (
    isWord(first) &&
    letters.every((letter) => isWord(letter) || /^\p{M}$/u.test(letter) || '_-.'.includes(letter))
  );
}

const ACCEPTED = NAMES.filter(({ text }) => mayBeName(text));
const REFUSED = NAMES.filter(({ text }) => !mayBeName(text));

function filesOf(names: typeof NAMES): Record<string, string> {
  return Object.fromEntries(names.map(({ file }) => [`${CORE}/${file}`, 'SELECT 1;\n']));
}

describe('naughty strings as names of migrations', async () => {
  const db = await useTestDatabase(18);
  beforeAll(buildCli);

  it('are many of either kind', () => {
    expect(ACCEPTED.length).toBeGreaterThan(50);
    expect(REFUSED.length).toBeGreaterThan(150);
  });

  it('are refused in one answer, each at its file, and nothing changes', async () => {
    using history = makeTree(HISTORY);
    await bfm({ db, tree: history }, 'up');
    using tree = makeTree({ ...HISTORY, ...filesOf(REFUSED) });
    const before = await databaseImage(db);
    const json = await bfm({ db, tree }, 'up', '--json');
    const text = await bfm({ db, tree }, 'up');
    expect([json.code, text.code]).toEqual([2, 2]);
    const faults = faultsOf(json);
    expect(new Set(faults.map(({ code }) => code))).toEqual(new Set(['source.bad_name']));
    const versions = faults.map(({ where }) =>
      formatPlace(where).slice(`${CORE}/`.length, `${CORE}/`.length + 14),
    );
    expect(versions.sort()).toEqual(REFUSED.map(({ file }) => file.slice(0, 14)).sort());
    for (const { message, mend } of faults) {
      expect(message).toMatch(/its name does not start with|it has no name after the version/);
      expect(mend).toContain('name');
    }
    expect(json.stderr + text.stderr).not.toMatch(UNSAFE);
    expect(await databaseImage(db)).toBe(before);
  });

  it('are applied under ids that hold them as they are, in form NFC', async () => {
    using tree = makeTree({ ...HISTORY, ...filesOf(ACCEPTED) });
    const end = await bfm({ db, tree }, 'up');
    expect(end.code).toBe(0);
    expect(end.stdout + end.stderr).not.toMatch(UNSAFE);
    const rows = await db.query<{ id: string }>(
      "SELECT migration_id AS id FROM bfm.ledger WHERE status = 'applied'",
    );
    const expected = ACCEPTED.map(
      ({ text, file }) => `${file.slice(0, 15)}${text.normalize('NFC')}_postgresql_core`,
    );
    expect(rows.map(({ id }) => id).sort()).toEqual(
      ['20250101000000_kept_postgresql_core', ...expected].sort(),
    );
    const status = await bfm({ db, tree }, 'status', '--exit-code');
    const history = await bfm({ db, tree }, 'history', '--limit', '1000');
    expect([status.code, history.code]).toEqual([0, 0]);
    expect(status.stdout + history.stdout).not.toMatch(UNSAFE);
  });
});
