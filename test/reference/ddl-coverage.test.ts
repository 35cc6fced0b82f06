import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadModule, parseSync } from 'libpg-query';
import { beforeAll, describe, expect, it } from 'vitest';
import { statementKinds, type TreeNode } from './statement-kinds.ts';

const HISTORY = join(import.meta.dirname, 'ddl-history', 'postgresql', 'history');
const REFERENCE = join(import.meta.dirname, 'ddl-history', 'reference.txt');

/** What reference.txt says of one command. */
interface Page {
  readonly name: string;
  readonly kinds: readonly string[];
  /** Kinds the history does without. */
  readonly without: readonly string[];
  /** The whole command is left out. */
  readonly isLeftOut: boolean;
}

function readReference(): readonly Page[] {
  const [, ...blocks] = readFileSync(REFERENCE, 'utf8').split(/\n(?=[A-Z ]+\n)/);
  return blocks.map((block) => {
    const [name = '', ...lines] = block.trimEnd().split('\n');
    const reasons = lines.filter((line) => line.startsWith('  without'));
    return {
      name,
      kinds: lines.filter((line) => !reasons.includes(line)).flatMap((line) => line.trim().split(', ')),
      without: reasons.flatMap((line) => /^ {2}without ([^:]+): ./.exec(line)?.[1] ?? []),
      isLeftOut: reasons.some((line) => line.startsWith('  without: ')),
    };
  });
}

function readHistory(): ReadonlySet<string> {
  const found = new Set<string>();
  for (const file of readdirSync(HISTORY)) {
    const bytes = readFileSync(join(HISTORY, file));
    for (const raw of parseSync(bytes.toString('utf8')).stmts ?? []) {
      const start = raw.stmt_location ?? 0;
      const text = bytes.subarray(start, start + (raw.stmt_len ?? bytes.length)).toString('utf8');
      const statement = text.replaceAll(/^\s*(--.*)?$\s*/gm, '').trim();
      for (const kind of statementKinds(raw.stmt as TreeNode, statement)) found.add(kind);
    }
  }
  return found;
}

describe('the history of statement kinds', () => {
  const pages = readReference();
  let found: ReadonlySet<string> = new Set();

  beforeAll(async () => {
    await loadModule();
    found = readHistory();
  });

  it('has at least 30 migrations, each with a way back', () => {
    const files = readdirSync(HISTORY);
    const ups = files.filter((file) => file.endsWith('.up.sql'));
    expect(ups.length).toBeGreaterThanOrEqual(30);
    expect(files.filter((file) => file.endsWith('.down.sql'))).toEqual(
      ups.map((up) => up.replace('.up.', '.down.')),
    );
  });

  it('knows every command of the reference', () => {
    // PostgreSQL 18 has 183 pages; TABLE and WITH are described on the one of SELECT.
    expect(pages.map(({ name }) => name)).toEqual(pages.map(({ name }) => name).toSorted());
    expect(new Set(pages.map(({ name }) => name)).size).toBe(pages.length);
    expect(pages.length).toBe(183);
  });

  it('holds every kind of statement that the reference lists', () => {
    const missing = pages.flatMap(({ name, kinds }) =>
      kinds.filter((kind) => !found.has(kind)).map((kind) => `${name}: ${kind}`),
    );
    expect(missing).toEqual([]);
    expect(pages.filter(({ kinds, isLeftOut }) => kinds.length === 0 && !isLeftOut)).toEqual([]);
  });

  it('does without exactly what is said to be left out', () => {
    expect(pages.flatMap(({ without }) => without).filter((kind) => found.has(kind))).toEqual([]);
    expect(pages.filter(({ kinds, isLeftOut }) => isLeftOut && kinds.length > 0)).toEqual([]);
  });

  it('holds no kind of statement that the list does not name', () => {
    const listed = new Set(
      pages.flatMap(({ kinds }) => kinds).flatMap((kind) => [kind, kind.replace(/\..*/, '')]),
    );
    expect([...found].filter((kind) => !kind.includes('.') && !listed.has(kind))).toEqual([]);
  });
});
