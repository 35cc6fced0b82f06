/** What each exit code of `bfm` means. */
export const EXIT_CODES: readonly (readonly [code: number, meaning: string])[] = [
  [0, 'done, or nothing to do'],
  [1, 'a migration failed, or the run was cancelled'],
  [2, 'bad usage, or something in the files or the configuration that cannot be used'],
  [3, 'not allowed'],
  [4, 'not found: an unknown connection or migration'],
  [5, 'locked by another run, or the plan no longer matches'],
  [
    6,
    'a person must decide: drift, out of order, baseline needed, irreversible, pending with --exit-code, or somebody answered no',
  ],
  [7, 'not supported for this kind of store'],
  [8, 'a database cannot be reached'],
  [70, 'a bug in BFM'],
];

/** What to know about them beside. */
export const EXIT_CODES_NOTE =
  'When several apply: 1 before 6 before the rest. A third Ctrl-C ends with 130.';
