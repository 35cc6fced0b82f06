import { styleText } from 'node:util';
import type { StepOutcome } from './run-in-pairs.ts';

/** Tells people how the steps ended. `styleText` leaves colours out when NO_COLOR is set or nobody is watching. */
export interface Reporter {
  /** Prints the line of one step. */
  readonly show: (outcome: StepOutcome) => void;
  /** Prints what failing steps wrote and a last line; gives the exit code. */
  finish(outcomes: readonly StepOutcome[]): number;
}

/** Makes a reporter whose lines are aligned for steps of these names. */
export function createReporter(names: readonly string[]): Reporter {
  const width = Math.max(...names.map((name) => name.length));
  const start = performance.now();
  return {
    show({ name, ok, durationMs }) {
      const mark = ok ? styleText('green', 'ok  ') : styleText('red', 'FAIL');
      console.log(`${mark}  ${name.padEnd(width)}  ${seconds(durationMs)}`);
    },
    finish(outcomes) {
      const failed = outcomes.filter(({ ok }) => !ok);
      for (const { name, output } of failed) console.log(`\n${styleText('bold', name)}\n${output}`);
      const total = `in${seconds(performance.now() - start)}`;
      if (failed.length === 0) console.log(`${styleText('green', 'all good')} ${total}`);
      else console.log(`\n${styleText('red', failed.map(({ name }) => name).join(', '))} failed ${total}`);
      return failed.length === 0 ? 0 : 1;
    },
  };
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1).padStart(6)} s`;
}
