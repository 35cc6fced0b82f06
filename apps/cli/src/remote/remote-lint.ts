import type { Finding } from '@bfm/service';
import type { LintWork } from '../modes/lint-work.ts';
import type { Remote } from './open-remote.ts';

/** Has a server look at its files. */
export function remoteLint({ ask }: Remote): LintWork {
  return {
    lint: async () => {
      const { findings } = await ask((client) => client.lint());
      return findings.map((finding) => ({ ...finding, database: null })) as readonly Finding[];
    },
  };
}
