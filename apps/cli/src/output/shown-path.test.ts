import { posix, win32 } from 'node:path';
import { expect, it } from 'vitest';
import { isBelow, pathFrom, withSlashes } from './shown-path.ts';

it.each([
  [posix, '/work', '/work/sfm/postgresql/core/a.up.sql', 'sfm/postgresql/core/a.up.sql'],
  [posix, '/work/app', '/work/sfm/a.up.sql', '/work/sfm/a.up.sql'],
  [posix, '/work', '/work/..sfm/a.up.sql', '..sfm/a.up.sql'],
  [posix, '/work', '/work/odd\\name.up.sql', 'odd\\name.up.sql'],
  [win32, 'C:\\work', 'C:\\work\\sfm\\postgresql\\core\\a.up.sql', 'sfm/postgresql/core/a.up.sql'],
  [win32, 'C:\\Work', 'c:\\work\\sfm\\a.up.sql', 'sfm/a.up.sql'],
  [win32, 'C:\\work', 'D:\\sfm\\a.up.sql', 'D:/sfm/a.up.sql'],
  [win32, 'C:\\work', '\\\\server\\share\\sfm\\a.up.sql', '//server/share/sfm/a.up.sql'],
  [win32, 'C:\\work\\app', 'C:\\work\\sfm\\a.up.sql', 'C:/work/sfm/a.up.sql'],
])('shows a path from a folder (%#)', (...[paths, folder, file, shown]) => {
  expect(pathFrom(folder, file, paths)).toBe(shown);
});

it('takes no sibling with a longer name for a part of a folder', () => {
  expect(isBelow('/work/sfm', '/work/sfm2/a', posix)).toBe(false);
  expect(isBelow('C:\\sfm', 'C:\\sfm2\\a', win32)).toBe(false);
  expect(isBelow('/work/sfm', '/work/sfm/../secret', posix)).toBe(false);
});

it('leaves a backslash alone where it is a letter like any other', () => {
  expect(withSlashes('a\\b', posix)).toBe('a\\b');
  expect(withSlashes('a\\b', win32)).toBe('a/b');
});
