/** The keys of `-- bfm: key=value`. */
export const DIRECTIVE_KEYS = [
  'schema',
  'depends-on',
  'requires-table',
  'requires-schema',
  'tags',
  'transaction',
  'lock-timeout',
  'statement-timeout',
  'batch',
  'batch-pause',
  'verify',
] as const;

/** One key. */
export type DirectiveKey = (typeof DIRECTIVE_KEYS)[number];

/** Keys whose value is a list: they may be given several times and add up. */
export const LIST_KEYS: ReadonlySet<DirectiveKey> = new Set([
  'depends-on',
  'requires-table',
  'requires-schema',
  'tags',
]);

/** Keys that speak for the file they head, so that a down file may have them too. */
export const FILE_KEYS: ReadonlySet<DirectiveKey> = new Set([
  'transaction',
  'lock-timeout',
  'statement-timeout',
  'batch',
  'batch-pause',
  'verify',
]);

/** Whether a text is a key of a directive. */
export function isDirectiveKey(text: string): text is DirectiveKey {
  return (DIRECTIVE_KEYS as readonly string[]).includes(text);
}

/** One value of one directive, and where it stands (UTF-16 indexes in the file's text). */
export interface DirectiveItem {
  readonly key: DirectiveKey;
  readonly keyIndex: number;
  readonly value: string;
  readonly valueIndex: number;
}

/** Something wrong with a directive. */
export interface DirectiveFault {
  readonly code:
    'migration.directive_unknown' | 'migration.directive_invalid' | 'migration.directive_repeated';
  readonly index: number;
  readonly message: string;
  readonly mend: string;
}

/** The directives of one file as found, and what could not be understood. */
export interface FoundDirectives {
  readonly items: readonly DirectiveItem[];
  readonly faults: readonly DirectiveFault[];
}
