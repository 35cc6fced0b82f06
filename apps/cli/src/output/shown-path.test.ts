import { posix, win32 } from 'node:path';
import { expect, it } from 'vitest';
import { isBelow, pathFrom, withSlashes } from './shown-path.ts';

it.each([
  [posix, '/srv', '/srv/sfm/postgresql/core/a.up.sql', 'sfm/postgresql/core/a.up.sql'],
  [posix, '/srv/app', '/srv/sfm/a.up.sql', '/srv/sfm/a.up.sql'],
  [posix, '/srv', '/srv/..sfm/a.up.sql', '..sfm/a.up.sql'],
  [posix, '/srv', '/srv/odd\\name.up.sql', 'odd\\name.up.sql'],
  [win32, 'C:\\srv', 'C:\\srv\\sfm\\postgresql\\core\\a.up.sql', 'sfm/postgresql/core/a.up.sql'],
  [win32, 'C:\\Srv', 'c:\\srv\\sfm\\a.up.sql', 'sfm/a.up.sql'],
  [win32, 'C:\\srv', 'D:\\sfm\\a.up.sql', 'D:/sfm/a.up.sql'],
  [win32, 'C:\\srv', '\\\\server\\share\\sfm\\a.up.sql', '//server/share/sfm/a.up.sql'],
  [win32, 'C:\\srv\\app', 'C:\\srv\\sfm\\a.up.sql', 'C:/srv/sfm/a.up.sql'],
])('shows a path from a folder (%#)', (...[paths, folder, file, shown]) => {
  expect(pathFrom(folder, file, paths)).toBe(shown);
});

it('takes no sibling with a longer name for a part of a folder', () => {
  expect(isBelow('/srv/sfm', '/srv/sfm2/a', posix)).toBe(false);
  expect(isBelow('C:\\sfm', 'C:\\sfm2\\a', win32)).toBe(false);
  expect(isBelow('/srv/sfm', '/srv/sfm/../secret', posix)).toBe(false);
});

it('leaves a backslash alone where it is a letter like any other', () => {
  expect(withSlashes('a\\b', posix)).toBe('a\\b');
  expect(withSlashes('a\\b', win32)).toBe('a/b');
});
