import type { Finding } from '@bfm/service';

/** What looks at files. */
export interface LintWork {
  readonly lint: () => Promise<readonly Finding[]>;
}
