import { formatPlace, type ErrorCode, type Fault } from '@bfm/core';
import { useTestDatabase } from '@bfm/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildCli, type BfmEnd } from '../../support/bfm.ts';
import { bfm, faultsOf, UNSAFE } from './cli.ts';
import { databaseImage } from './database-image.ts';
import { CORE, makeTree, upFile, type Files } from './migration-tree.ts';

/** A file that is refused, and everything that is said of it. */
export interface Refused {
  readonly name: string;
  readonly text: string | Buffer;
  readonly code: ErrorCode;
  /** `line:column`. */
  readonly at: string;
  /** What the message ends with: the offending text, escaped and cut. */
  readonly excerpt: string;
  /** A part of the message. @default nothing is asked of it */
  readonly says?: string;
  /** A part of what mends it. */
  readonly mend: string;
}

/** Cases that differ in their text only. */
export function alike(
  shared: Pick<Refused, 'code' | 'mend'> & Partial<Pick<Refused, 'says'>>,
  rows: readonly (readonly [name: string, text: string | Buffer, at: string, excerpt: string])[],
): readonly Refused[] {
  return rows.map(([name, text, at, excerpt]) => ({ ...shared, name, text, at, excerpt }));
}

/** What stands in every tree and is applied before: the database has a history to lose. */
export const HISTORY: Files = {
  [`${CORE}/20250101000000_kept.up.sql`]:
    "CREATE TABLE kept (id int PRIMARY KEY, note text);\nINSERT INTO kept VALUES (1, 'kept');\nCREATE TYPE public.mood AS ENUM ('ok');\n",
  [`${CORE}/20250101000000_kept.down.sql`]: 'DROP TABLE kept;\nDROP TYPE public.mood;\n',
};

const EXCERPT_LENGTH_MAX = 80;

/**
 * Puts every case into a file of one tree, runs `up` on a database with a history, and asserts of each case: its code,
 * place, excerpt and mend in JSON and its place in the text for people; and of all: exit 2, nothing a terminal would
 * obey, and a database that is the same as before, its ledger included.
 */
export function describeRefusals(title: string, cases: readonly Refused[]): void {
  describe(title, async () => {
    const db = await useTestDatabase(18);
    let json: BfmEnd;
    let text: BfmEnd;
    let images: readonly [before: string, after: string];

    beforeAll(async () => {
      buildCli();
      using history = makeTree(HISTORY);
      await bfm({ db, tree: history }, 'up');
      const files = Object.fromEntries(cases.map((refused, index) => [upFile(index), refused.text]));
      using tree = makeTree({ ...HISTORY, ...files });
      const before = await databaseImage(db);
      json = await bfm({ db, tree }, 'up', '--json');
      text = await bfm({ db, tree }, 'up');
      images = [before, await databaseImage(db)];
    });

    it.each(cases.map((refused, index) => [refused.name, index, refused] as const))(
      '%s',
      (_, index, refused) => {
        const file = upFile(index);
        const faults = faultsOf(json).filter(({ where }) => where.file === file);
        expect(faults.map(placeAndCode)).toEqual([`${refused.code} ${file}:${refused.at}`]);
        const [fault] = faults;
        expect(fault?.message).toContain(refused.says ?? '');
        expect(fault?.mend).toContain(refused.mend);
        expect(fault?.message.endsWith(`: ${refused.excerpt}`), fault?.message).toBe(refused.excerpt !== '');
        expect([...refused.excerpt].length).toBeLessThanOrEqual(EXCERPT_LENGTH_MAX);
        expect(text.stderr).toContain(`${file}:${refused.at}\n`);
      },
    );

    it('says nothing else, and nothing a terminal would obey', () => {
      expect(json).toMatchObject({ code: 2, stdout: '' });
      expect(text).toMatchObject({ code: 2, stdout: '' });
      expect(faultsOf(json)).toHaveLength(cases.length);
      expect(text.stderr).not.toMatch(UNSAFE);
      for (const { message, mend } of faultsOf(json)) expect(message + mend).not.toMatch(UNSAFE);
    });

    it('leaves the database as it was, ledger included', () => {
      expect(images[0]).toContain('kept');
      expect(images[1]).toBe(images[0]);
    });
  });
}

function placeAndCode({ code, where }: Fault): string {
  return `${code} ${formatPlace(where)}`;
}
