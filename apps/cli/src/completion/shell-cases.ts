import type { CompletedCommand, ValueKind } from './completion-model.ts';

/** What a script calls a command, while it goes through the words before the cursor: ` repair unbaseline`. */
export function keyOf(path: readonly string[]): string {
  return path.map((word) => ` ${word}`).join('');
}

/** The keys of all commands but `bfm` itself, `help` included. */
export function allKeys(commands: readonly CompletedCommand[]): readonly string[] {
  return [...commands.filter(({ path }) => path.length > 0).map(({ path }) => keyOf(path)), keyOf(['help'])];
}

/** Commands that stand right behind `bfm`. */
export function topLevel(commands: readonly CompletedCommand[]): readonly CompletedCommand[] {
  return commands.filter(({ path }) => path.length === 1);
}

/** The options that ask for a value, by what a script does to offer one. */
export function optionsByAnswer(
  commands: readonly CompletedCommand[],
  answerOf: (value: ValueKind) => string,
): ReadonlyMap<string, readonly string[]> {
  const asking = commands.flatMap(({ options }) => options).filter(({ value }) => value.kind !== 'none');
  const groups = Map.groupBy(asking, ({ value }) => answerOf(value));
  return new Map(
    [...groups].map(([answer, options]) => [answer, [...new Set(options.flatMap(({ names }) => names))]]),
  );
}
