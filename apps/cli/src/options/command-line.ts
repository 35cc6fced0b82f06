import { quoteOption } from '@bfm/core';
import { withSlashes } from '../output/shown-path.ts';
import type { PlanOptions } from './option-types.ts';

/** Puts a command together again from its selectors, to tell people what to type next. */
export function toCommandLine(verb: string, options: PlanOptions): string {
  const words = [verb];
  const add = (name: string, values: readonly string[] | undefined): void => {
    for (const value of values ?? []) words.push(quoteOption(name, value));
  };
  const one = (value: string | number | undefined): readonly string[] =>
    value === undefined ? [] : [String(value)];
  // With / a path needs no quotes on Windows, whose shells have others than these.
  const path = (value: string | undefined): readonly string[] => one(value).map((each) => withSlashes(each));
  add('--sfm', path(options.sfm));
  add('--config', path(options.config));
  add('--env-file', path(options.envFile));
  add('--server', one(options.server));
  add('--connection', options.connection);
  add('--backend', options.backend);
  add('--schema', options.schema);
  add('--schemas-from', one(options.schemasFrom));
  if (options.allTenants === true) words.push('--all-tenants');
  add('--to', one(options.to));
  add('--tag', options.tag);
  add('--migration', options.migration);
  add('--steps', one(options.steps));
  if (options.all === true) words.push('--all');
  if (options.createSchemas === true) words.push('--create-schemas');
  if (options.outOfOrder === 'allow') words.push('--out-of-order=allow');
  if (options.allowNonEmpty === true) words.push('--allow-non-empty');
  return words.join(' ');
}
