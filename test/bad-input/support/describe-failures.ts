import { formatPlace, type ErrorCode, type Where } from '@bfm/core';
import { useTestDatabase } from '@bfm/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildCli, type BfmEnd } from '../../support/bfm.ts';
import { bfm, UNSAFE } from './cli.ts';
import { usersImage } from './database-image.ts';
import { HISTORY } from './describe-refusals.ts';
import { makeTree, upFile } from './migration-tree.ts';

/** A migration that only the server can refuse, and everything that is said of it. */
export interface Failing {
  readonly name: string;
  readonly text: string;
  readonly code: ErrorCode;
  readonly sqlstate: string | null;
  /** `line:column` in the text; empty when no statement of it failed. */
  readonly at: string;
  /** A part of the message. */
  readonly says: string;
  /** A part of the next step. @default nothing is asked of it */
  readonly next?: string;
}

interface FailedStep {
  readonly schema: string;
  readonly outcome: string;
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly next: string;
    readonly details: { readonly where: Where; readonly sqlstate?: string };
  };
}

/**
 * Runs every case in a schema of its own and asserts that each fails with its code, place, SQLSTATE and next step, that
 * the ledger says so, and that nothing but the ledger has changed.
 */
export function describeFailures(title: string, cases: readonly Failing[]): void {
  describe(title, async () => {
    const db = await useTestDatabase(18);
    let json: BfmEnd;
    let images: readonly [before: string, after: string];
    const files = Object.fromEntries(
      cases.map(({ text }, index) => [upFile(index), `-- bfm: schema=s${index}\n${text}`]),
    );

    beforeAll(async () => {
      buildCli();
      using history = makeTree(HISTORY);
      await bfm({ db, tree: history }, 'up');
      using tree = makeTree({ ...HISTORY, ...files });
      const before = await usersImage(db);
      json = await bfm({ db, tree }, 'up', '--json');
      images = [before, await usersImage(db)];
    });

    it.each(cases.map((failing, index) => [failing.name, index, failing] as const))(
      '%s',
      (_, index, failing) => {
        const { steps } = JSON.parse(json.stdout) as { readonly steps: readonly FailedStep[] };
        const step = steps.find(({ schema }) => schema === `s${index}`);
        expect(step).toMatchObject({ outcome: 'failed', error: { code: failing.code } });
        const { where, sqlstate } = step?.error.details ?? { where: {} };
        expect(formatPlace(where)).toBe(upFile(index) + placeBelowDirective(failing.at));
        expect(sqlstate ?? null).toBe(failing.sqlstate);
        expect(step?.error.message).toContain(failing.says);
        expect(step?.error.next).toContain(failing.next ?? 'run the same command again');
      },
    );

    it('ends with 1 and sends nothing a terminal would obey', () => {
      expect(json.code).toBe(1);
      expect(json.stdout + json.stderr).not.toMatch(UNSAFE);
    });

    it('leaves everything as it was, and a ledger that knows of every failure', async () => {
      expect(images[1]).toBe(images[0]);
      const entries = await db.query<{ status: string }>(
        `SELECT l.status FROM bfm.ledger l JOIN bfm.scope s USING (scope_id) WHERE s.schema_name <> 'kept'`,
      );
      expect(entries.map(({ status }) => status)).toEqual(cases.map(() => 'failed'));
    });
  });
}

/** Every text stands below a line that names its schema. */
function placeBelowDirective(at: string): string {
  const [line, column] = at.split(':');
  return column === undefined ? '' : `:${Number(line) + 1}:${column}`;
}
