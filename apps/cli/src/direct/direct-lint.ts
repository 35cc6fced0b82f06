import { lintFiles } from '@bfm/service';
import type { Session } from '../commands/session.ts';
import type { LintWork } from '../modes/lint-work.ts';

/** Looks at the files of this machine. */
export function directLint({ context }: Pick<Session, 'context'>): LintWork {
  return { lint: () => lintFiles(context) };
}
