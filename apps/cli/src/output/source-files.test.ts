import { join, relative } from 'node:path';
import { expect, it } from 'vitest';
import { makeFolder } from '../../test/run-main.ts';
import { SourceFiles } from './source-files.ts';

it('finds files of the tree, and those whose folder is there, and leaves others as they are', () => {
  const root = makeFolder({ 'postgresql/core/1_a.up.sql': 'SELECT 1;\nSELECT 2;', 'bfm.yaml': '' });
  const files = new SourceFiles(root);
  const shown = (file: string): string => relative(root, files.pathOf(file));
  expect(shown('postgresql/core/1_a.up.sql')).toBe(join('postgresql', 'core', '1_a.up.sql'));
  expect(shown('postgresql/core/gone.up.sql')).toBe(join('postgresql', 'core', 'gone.up.sql'));
  expect(files.pathOf('postgresql/none/1_a.up.sql')).toBe('postgresql/none/1_a.up.sql');
  expect(files.pathOf('other.yaml')).toBe('other.yaml');
  expect(files.pathOf('../outside.sql')).toBe('../outside.sql');
  expect(files.lineAt({ file: 'postgresql/core/1_a.up.sql', line: 2 })).toBe('SELECT 2;');
  expect(files.lineAt({ file: 'postgresql/core/gone.up.sql', line: 1 })).toBeNull();
});
