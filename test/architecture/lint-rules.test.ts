import { globSync } from 'node:fs';
import { join } from 'node:path';
import { ESLint } from 'eslint';
import { describe, expect, it } from 'vitest';
import { type Finding, readExpectations } from './expectations.ts';

const ROOT = join(import.meta.dirname, '../..');
const FIXTURES = join(import.meta.dirname, 'fixtures/lint');

/** Runs the project's own configuration as if the fixtures were a checkout. */
async function lint(files: readonly string[]): Promise<ReadonlyMap<string, readonly Finding[]>> {
  const eslint = new ESLint({
    cwd: FIXTURES,
    overrideConfigFile: join(ROOT, 'eslint.config.js'),
    overrideConfig: {
      files: ['**/*.ts'],
      languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: FIXTURES } },
    },
  });
  const results = await eslint.lintFiles([...files]);
  return new Map(
    results.map(({ filePath, messages }) => {
      const byLine = Map.groupBy(messages, ({ line }) => line);
      const findings = [...byLine].map(([line, found]) => ({
        line,
        rules: [...new Set(found.map(({ ruleId, message }) => ruleId ?? message))].sort(),
      }));
      return [filePath, findings];
    }),
  );
}

describe('the lint configuration', async () => {
  const files = globSync('**/*.ts', { cwd: FIXTURES }).sort();
  const found = await lint(files);

  it.each(files)('finds exactly what is marked in %s', (file) => {
    const path = join(FIXTURES, file);
    expect(found.get(path)).toEqual(readExpectations(path));
  });

  it('leaves the fixtures out of the ordinary run', async () => {
    const eslint = new ESLint({ cwd: ROOT });
    expect(await eslint.isPathIgnored(join(FIXTURES, 'packages/core/src/reaches-out.ts'))).toBe(true);
  });
});
