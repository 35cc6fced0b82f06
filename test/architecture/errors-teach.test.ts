import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const SOURCES = ['apps/*/src/**/*.ts', 'packages/*/src/**/*.ts'];
/** A bug, and what people have asked for themselves, leave nothing to be done. */
const WITHOUT_NEXT = ["'internal.invariant'", "'run.cancelled'"];

/** Every `new BfmError(code, init)` of a file that has no `next`. */
function errorsWithoutNext(file: string): readonly string[] {
  const source = ts.createSourceFile(
    file,
    readFileSync(join(ROOT, file), 'utf8'),
    ts.ScriptTarget.Latest,
    true,
  );
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const code = codeWithoutNext(node);
    if (code !== null) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart());
      found.push(`${file}:${line + 1} ${code}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** The code of a `new BfmError` that ought to say what to do and does not; `null` for everything else. */
function codeWithoutNext(node: ts.Node): string | null {
  if (!ts.isNewExpression(node) || node.expression.getText() !== 'BfmError') return null;
  const [code = '', init = ''] = (node.arguments ?? []).map((argument) => argument.getText());
  return WITHOUT_NEXT.includes(code) || /\bnext\b/.test(init) ? null : code;
}

it('names the next step in every error', () => {
  const files = globSync(SOURCES, { cwd: ROOT }).filter(
    (file) => !file.endsWith('.test.ts') && !file.startsWith('packages/testing/'),
  );
  expect(files.length).toBeGreaterThan(100);
  expect(files.flatMap(errorsWithoutNext)).toEqual([]);
});
