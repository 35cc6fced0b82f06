import type { Databases } from './databases.ts';
import type { BenchCommand } from './measure.ts';
import type { Sizes, SuiteName } from './options.ts';
import type { Programs } from './programs.ts';

/** Something that is timed in a round. */
export interface Trial {
  /** Names the contender within its suite. */
  readonly contender: string;
  /** Asked for right before it runs. */
  readonly command: () => BenchCommand | Promise<BenchCommand>;
  /** A contender that takes too long does this share of the work, and its time is divided by it. */
  readonly share: number;
  /** Short commands run several times within a round, and the middle one counts. */
  readonly repeats: number;
}

/** One workload with everything that takes part in it. */
export interface Suite {
  readonly name: SuiteName;
  /** For people. */
  readonly title: string;
  /** The contender that the others are divided by. */
  readonly reference: string;
  /** Rounds make no sense beyond so many. */
  readonly roundsMax: number;
  /** Done once, untimed, before the first round. */
  prepare(): Promise<void>;
  /** What runs in a round, its databases made. Whatever depends on another's work comes later in the list. */
  trials(round: number): Promise<readonly Trial[]>;
  /** Times in seconds that goals need beside those of contenders, asked for after the last round. */
  extras(): Promise<Readonly<Record<string, number>>>;
}

/** What suites are made with. */
export interface SuiteInit {
  /** For files. */
  readonly folder: string;
  readonly sizes: Sizes;
  readonly programs: Programs;
  readonly databases: Databases;
  /** Runs a command untimed. */
  readonly run: (command: BenchCommand) => Promise<void>;
}

/** Times a short command is run in a round. */
export const SHORT_REPEATS = 5;

/** Makes a trial that does all of the work, once, unless `more` says otherwise. */
export function trial(
  contender: string,
  command: Trial['command'],
  more: Partial<Pick<Trial, 'share' | 'repeats'>> = {},
): Trial {
  return { contender, command, share: 1, repeats: 1, ...more };
}

/** A trial of a command that there may be none of. */
export function trialOf(
  contender: string,
  command: BenchCommand | null,
  more: Partial<Pick<Trial, 'share' | 'repeats'>> = {},
): readonly Trial[] {
  return command === null ? [] : [trial(contender, () => command, more)];
}
