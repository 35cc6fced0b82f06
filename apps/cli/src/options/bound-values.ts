import { quoteWord } from '@bfm/core';
import type { Command, Option } from 'commander';
import { usageError } from './usage-error.ts';

/**
 * Refuses an option that takes a value and is followed by what looks like another option: commander would take the one
 * or the other, and `--schema "$NAME"` must neither print a version nor make a schema of that name by mistake.
 *
 * @throws {request.invalid}
 */
export function requireBoundValues(program: Command, args: readonly string[]): void {
  const takesValue = flagsWithValue(program);
  for (let index = 0; index < args.length && args[index] !== '--'; index += 1) {
    const [flag = '', value = ''] = args.slice(index, index + 2);
    if (!takesValue.has(flag)) continue;
    if (value.startsWith('-') && value !== '-') throw unbound(flag, value);
    // The value is none of the words to look at.
    index += 1;
  }
}

function flagsWithValue(command: Command): ReadonlySet<string> {
  const own = command.options.filter(({ required }) => required).flatMap(flagsOf);
  return new Set([...own, ...command.commands.flatMap((each) => [...flagsWithValue(each)])]);
}

function flagsOf({ long, short }: Option): readonly string[] {
  return [long, short].filter((flag) => flag !== undefined);
}

function unbound(flag: string, value: string): Error {
  return usageError(
    `${flag} is followed by ${JSON.stringify(value)}, which looks like another option`,
    `give ${flag} its value; one that starts with - is written ${quoteWord(`${flag}=${value}`)}`,
  );
}
