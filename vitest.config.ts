import { defineConfig } from 'vitest/config';

/** Suites that need no server, no process and no file system. */
const PURE = ['packages/contract', 'packages/core', 'packages/engine', 'packages/service'];

/** Suites about the tree itself: no server, but files and processes. */
const TREE = ['test/architecture/**/*.test.ts', 'test/build/**/*.test.ts', 'test/check/**/*.test.ts'];

const SUITES = ['src/**/*.test.ts', 'test/**/*.test.ts'];
const EXCLUDE = ['**/node_modules/**', '**/dist/**'];

export default defineConfig({
  test: {
    pool: 'forks',
    // Tests of faults wait more than they work: for leases to end, for servers to come back.
    maxWorkers: 3,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    teardownTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: [...PURE.flatMap((folder) => SUITES.map((suite) => `${folder}/${suite}`)), ...TREE],
          exclude: EXCLUDE,
        },
      },
      {
        extends: true,
        test: {
          name: 'real',
          include: [
            ...SUITES.flatMap((suite) => [`packages/*/${suite}`, `apps/*/${suite}`]),
            'scripts/**/*.test.ts',
            'test/**/*.test.ts',
          ],
          exclude: [...EXCLUDE, ...TREE, ...PURE.map((folder) => `${folder}/**`)],
          globalSetup: ['packages/testing/src/vitest-global-setup.ts'],
        },
      },
    ],
  },
});
