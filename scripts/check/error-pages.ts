/**
 * Makes docs/errors.md from the error catalogue; without `--write` it only tells whether the page is up to date.
 * Every code is a heading, so that an error can point at its own paragraph.
 */
import {
  CATEGORIES,
  ERROR_CATALOG,
  type CategorySpec,
  type ErrorCategory,
  type ErrorSpec,
} from '../../packages/core/src/errors/error-catalog.ts';
import { keepPage } from './made-page.ts';

const INTRODUCTION = `# Errors

<!-- Made by scripts/check/error-pages.ts from packages/core/src/errors/error-catalog.ts; do not edit. -->

Every error has a code that stays the same from release to release: match on it, not on the message. Its category
decides the exit code of \`bfm\` and the status on each transport. *Retry* says whether the same request may succeed
later without anybody deciding something.
`;

/** What each category asks of the reader. */
const ADVICE: Readonly<Record<ErrorCategory, string>> = {
  invalid: 'Something you gave is not valid. Nothing was changed; mend the input and run again.',
  unauthenticated: 'BFM does not know who you are.',
  forbidden: 'BFM knows who you are, and you may not do this.',
  not_found: 'What you named does not exist.',
  conflict: 'Somebody else was there first, or the world moved on. Look again, then repeat.',
  precondition: 'A person must decide. The message names the command that carries out each decision.',
  execution:
    'The run started and did not finish as planned. Its steps tell what was applied and what was not.',
  unsupported: 'This kind of store, or the way it is reached, cannot do this.',
  unavailable: 'A store could not be reached. Nothing is known to be wrong with the request.',
  internal: 'A bug in BFM. Please report it with the output.',
};

function categoryRow([name, spec]: readonly [string, CategorySpec]): string {
  const retry = spec.retryable ? 'yes' : 'no';
  return `| [${name}](#${name}) | ${spec.exit} | ${spec.http} | ${spec.grpc} | ${retry} |`;
}

function categorySection(name: ErrorCategory): string {
  const { exit, http, grpc, retryable }: CategorySpec = CATEGORIES[name];
  const codes = Object.entries<ErrorSpec>(ERROR_CATALOG).filter(([, spec]) => spec.category === name);
  const entries = codes.map(([code, spec]) => {
    const facts = `Exit ${exit} · HTTP ${spec.http ?? http} · gRPC ${spec.grpc ?? grpc}`;
    return `### ${code}\n\n${spec.title}\n\n${facts} · ${retryable ? 'retry' : 'no retry'}\n`;
  });
  return `## ${name}\n\n${ADVICE[name]}\n\n${entries.join('\n')}`;
}

function makePage(): string {
  const categories = Object.entries(CATEGORIES);
  const table = [
    '| Category | Exit | HTTP | gRPC | Retry |',
    '|---|---|---|---|---|',
    ...categories.map(categoryRow),
  ];
  const sections = (Object.keys(CATEGORIES) as ErrorCategory[]).map(categorySection);
  return [INTRODUCTION, table.join('\n'), ...sections].join('\n\n');
}

await keepPage(
  { page: 'docs/errors.md', source: 'the error catalogue', script: 'scripts/check/error-pages.ts' },
  makePage(),
);
