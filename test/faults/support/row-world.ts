import { join } from 'node:path';
import {
  EFFECT_LOG,
  findUnsound,
  logEffect,
  useTestDatabase,
  type CheckedWorld,
  type TestDatabase,
} from '@bfm/testing';
import { afterAll, beforeAll } from 'vitest';
import { makeTree, type Files, type Tree } from '../../bad-input/support/migration-tree.ts';
import {
  buildCli,
  connectionsTo,
  startBfm,
  type BfmEnd,
  type BfmLimits,
  type BfmProcess,
} from '../../support/bfm.ts';

/** The one connection of these worlds. */
const CONNECTION = 'tenant';

/** A database and trees of migrations of `tenant` for a row of the fault matrix. */
export interface RowWorld {
  readonly db: TestDatabase;
  /** Makes a tree of these files of the connection, which goes after the last test. */
  readonly tree: (files: Files) => RowTree;
  /** What is unsound now. */
  readonly unsound: (parts?: Partial<CheckedWorld>) => Promise<readonly string[]>;
}

/** A tree of migrations, and `bfm` on it. */
export interface RowTree {
  readonly root: string;
  /** Where the connection's files are. */
  readonly folder: string;
  /** Writes files of the connection over those that are there. */
  readonly write: (files: Files) => void;
  readonly start: (...args: readonly string[]) => BfmProcess;
  /** The same with more variables. */
  readonly startWith: (settings: Readonly<Record<string, string>>, ...args: readonly string[]) => BfmProcess;
  readonly bfm: (...args: readonly string[]) => Promise<BfmEnd>;
  /** The same with less of what the system gives. */
  readonly limited: (limits: BfmLimits, ...args: readonly string[]) => Promise<BfmEnd>;
}

/**
 * Makes a world on the server of this major version. Call it at the top of an async `describe`.
 *
 * @param settings more variables of `bfm`
 */
export async function useRowWorld(
  major: 15 | 18,
  settings: Readonly<Record<string, string>> = {},
): Promise<RowWorld> {
  const db = await useTestDatabase(major);
  const trees: Tree[] = [];
  beforeAll(async () => {
    buildCli();
    await db.query(EFFECT_LOG);
  });
  afterAll(() => {
    for (const tree of trees) tree[Symbol.dispose]();
  });
  return {
    db,
    tree: (files) => {
      const tree = makeTree(inFolder(files));
      trees.push(tree);
      return toRowTree(tree, { ...connectionsTo(db.url, CONNECTION), ...settings });
    },
    unsound: (parts = {}) => findUnsound({ url: db.url, ...parts }),
  };
}

function toRowTree({ root, write }: Tree, environment: Readonly<Record<string, string>>): RowTree {
  const startWith: RowTree['startWith'] = (settings, ...args) =>
    startBfm([...args, '--sfm', root], { ...environment, ...settings });
  const start = (...args: readonly string[]): BfmProcess => startWith({}, ...args);
  return {
    root,
    folder: join(root, 'postgresql', CONNECTION),
    write: (files) => {
      write(inFolder(files));
    },
    start,
    startWith,
    bfm: (...args) => start(...args).ended,
    limited: (limits, ...args) => startBfm([...args, '--sfm', root], environment, limits).ended,
  };
}

function inFolder(files: Files): Files {
  return Object.fromEntries(
    Object.entries(files).map(([name, content]) => [`postgresql/${CONNECTION}/${name}`, content]),
  );
}

/** The file name of a migration without its ending: `step_1` is the first. */
export function stem(number: number, name = `step_${number}`): string {
  return `${20250101000000 + number}_${name}`;
}

/** The id of a migration. */
export function idOf(number: number, name?: string): string {
  return `${stem(number, name)}_postgresql_${CONNECTION}`;
}

/** `--schema` for each. */
export function schemaArgs(schemas: readonly string[]): string[] {
  return schemas.flatMap((schema) => ['--schema', schema]);
}

/** The summary and the steps of a run with `--json`. */
export interface RunDocument {
  readonly run: { readonly id: string; readonly status: string };
  readonly summary: Readonly<Record<string, number>>;
  readonly steps: readonly {
    readonly migration_id: string;
    readonly schema: string;
    readonly outcome: string;
    readonly error?: { readonly code: string; readonly message: string; readonly next?: string };
  }[];
  readonly causes?: readonly {
    readonly code: string;
    readonly message: string;
    readonly targets: readonly { readonly schema: string }[];
  }[];
}

/** What a run with `--json` says. */
export function runOf({ stdout }: BfmEnd): RunDocument {
  return JSON.parse(stdout) as RunDocument;
}

/** Up and down files that count their effect and make a table of the migration's name. */
export function stepFiles(...numbers: readonly number[]): Files {
  return Object.fromEntries(
    numbers.flatMap((number) => [
      [`${stem(number)}.up.sql`, `${logEffect(`step_${number}`)};\nCREATE TABLE step_${number} (id int);\n`],
      [`${stem(number)}.down.sql`, `${logEffect(`step_${number}`, 'down')};\nDROP TABLE step_${number};\n`],
    ]),
  );
}

/** What a command with `--json` says on stderr when it refuses. */
export function refusalOf({ stderr }: BfmEnd): {
  readonly code: string;
  readonly message: string;
  readonly next: string | null;
} {
  return (JSON.parse(stderr) as { readonly error: ReturnType<typeof refusalOf> }).error;
}

/** The repair named in a text, as the words to type after `bfm`. */
export function repairIn(text: string, action: string): readonly string[] {
  const [command] = new RegExp(`bfm repair ${action} [^;]*--reason WHY`).exec(text) ?? [''];
  return command.replace('WHY', 'looked-at').split(' ').slice(1);
}
