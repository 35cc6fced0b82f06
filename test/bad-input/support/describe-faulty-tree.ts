import { formatPlace, type ErrorCode } from '@bfm/core';
import { useTestDatabase } from '@bfm/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildCli, type BfmEnd } from '../../support/bfm.ts';
import { bfm, faultsOf, UNSAFE } from './cli.ts';
import { databaseImage } from './database-image.ts';
import { HISTORY } from './describe-refusals.ts';
import { makeTree, type Files } from './migration-tree.ts';

/** What is said of one fault of a tree. */
export interface TreeFault {
  readonly code: ErrorCode;
  /** `file`, or `file:line:column`; the file as messages show it. */
  readonly at: string;
  /** Parts of the message. */
  readonly says: readonly string[];
  /** A part of what mends it. */
  readonly mend: string;
}

/** Something wrong about files and how they stand to each other. */
export interface FaultyTree {
  readonly name: string;
  readonly files?: Files;
  /** Does what writing files cannot: links, pipes, folders. */
  readonly prepare?: (root: string) => void;
  readonly faults: readonly TreeFault[];
}

/**
 * Puts all cases into one tree, runs `up` on a database with a history, and asserts that each case has exactly its
 * faults, that all are told in one answer with exit 2, and that the database, its ledger included, is as before.
 */
export function describeFaultyTree(title: string, cases: readonly FaultyTree[]): void {
  describe(title, async () => {
    const db = await useTestDatabase(18);
    let json: BfmEnd;
    let text: BfmEnd;
    let images: readonly [before: string, after: string];

    beforeAll(async () => {
      buildCli();
      using history = makeTree(HISTORY);
      await bfm({ db, tree: history }, 'up');
      const files = [HISTORY, ...cases.map((faulty) => faulty.files ?? {})].flatMap((some) =>
        Object.entries(some),
      );
      using tree = makeTree(Object.fromEntries(files));
      for (const { prepare } of cases) prepare?.(tree.root);
      const before = await databaseImage(db);
      json = await bfm({ db, tree }, 'up', '--json');
      text = await bfm({ db, tree }, 'up');
      images = [before, await databaseImage(db)];
    });

    it.each(cases.map((faulty) => [faulty.name, faulty] as const))('%s', (_, { faults }) => {
      for (const { code, at, says, mend } of faults) {
        const found = faultsOf(json).filter(({ where }) => formatPlace(where) === at);
        expect(found.map((fault) => fault.code)).toEqual([code]);
        for (const part of says) expect(found[0]?.message).toContain(part);
        expect(found[0]?.mend).toContain(mend);
      }
    });

    it('says nothing else, and nothing a terminal would obey', () => {
      expect(json).toMatchObject({ code: 2, stdout: '' });
      expect(text).toMatchObject({ code: 2, stdout: '' });
      const expected = cases.flatMap(({ faults }) => faults.map(({ at }) => at));
      expect(faultsOf(json).map(({ where }) => formatPlace(where))).toEqual(expected.sort());
      expect(text.stderr + json.stderr).not.toMatch(UNSAFE);
    });

    it('leaves the database as it was, ledger included', () => {
      expect(images[1]).toBe(images[0]);
    });
  });
}
