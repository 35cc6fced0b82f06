/** The words behind `bfm` that make a command of it in a text; `schema bfm is` is none. */
export const VERBS: readonly string[] = [
  'baseline',
  'completion',
  'doctor',
  'down',
  'help',
  'history',
  'import',
  'init',
  'lock',
  'new',
  'plan',
  'repair',
  'status',
  'target',
  'up',
];
