import type { Fault } from '@bfm/core';
import type { TestDatabase } from '@bfm/testing';
import type { Tree } from './migration-tree.ts';
import { connectionsTo, runBfm, type BfmEnd } from '../../support/bfm.ts';

/** The schema of everything that names none. */
const SCHEMA = 'kept';

/** The environment of `bfm` with one connection, `core`, whose schema is {@link SCHEMA}. */
function environmentOf(db: TestDatabase): Record<string, string> {
  return { ...connectionsTo(db.url, 'core'), CORE_SCHEMA: SCHEMA, LANG: 'C.UTF-8', COLUMNS: '100' };
}

/** Where `bfm` is run. */
export interface Around {
  readonly db: TestDatabase;
  readonly tree: Pick<Tree, 'root'>;
  /** More variables; an empty one takes one away. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs `bfm` on a tree. */
export function bfm({ db, tree, env = {} }: Around, ...args: readonly string[]): Promise<BfmEnd> {
  return runBfm([...args, '--sfm', tree.root], { ...environmentOf(db), ...env });
}

/** The error document on stderr. */
export function errorOf({ stderr }: BfmEnd): {
  readonly code: string;
  readonly message: string;
  readonly next?: string;
  readonly details: { readonly faults?: readonly Fault[]; readonly where?: Fault['where'] };
} {
  return (JSON.parse(stderr) as { error: ReturnType<typeof errorOf> }).error;
}

/** All faults of a refusal, or none when nothing was refused. */
export function faultsOf(end: BfmEnd): readonly Fault[] {
  return end.stderr === '' ? [] : (errorOf(end).details.faults ?? []);
}

/** What no terminal may be sent: control characters but the line feed, and what turns or hides text. */
export const UNSAFE = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/u;
