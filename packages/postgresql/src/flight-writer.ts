import { BfmError, isBfmError } from '@bfm/core';
import type { StepSeries } from '@bfm/engine';
import type { SeriesContext } from './series-context.ts';
import type { Flights } from './flights.ts';
import { textOf } from './pg-errors.ts';
import { RESET_COMMANDS } from './session-reset.ts';
import { TransactionScript, type PlacedStep } from './transaction-messages.ts';
import { stepAt } from './step-at.ts';

/** A transaction, written down. */
export interface Written {
  /** Places of its steps in the series, at least one. */
  readonly steps: readonly number[];
  readonly script: TransactionScript;
}

/** Transactions that are sent together, and why what comes behind them cannot be written. */
export interface WrittenFlight {
  readonly flight: readonly Written[];
  readonly fault: BfmError | null;
}

/** What a writer works with. */
export interface FlightWriterInit {
  readonly series: StepSeries;
  readonly context: SeriesContext;
  readonly flights: Flights;
}

/** Writes a series' transactions, as many at a time as are sent together. */
export class FlightWriter {
  readonly #init: FlightWriterInit;

  constructor(init: FlightWriterInit) {
    this.#init = init;
  }

  /** Those from this step on: all steps in one transaction, or one each. */
  from(first: number): WrittenFlight {
    const { series, context, flights } = this.#init;
    if (series.commit === 'per-target') return this.#writeAll([[...series.steps.keys()]]);
    const isAlone = context.session === 'lent' || (first === 0 && series.createSchema !== null);
    const size = isAlone ? 1 : flights.sizeFrom(first);
    return this.#writeAll(Array.from({ length: size }, (_, offset) => [first + offset]));
  }

  #writeAll(batches: readonly (readonly number[])[]): WrittenFlight {
    const flight: Written[] = [];
    for (const batch of batches) {
      const written = this.#write(batch, batches.length > 1);
      if (written instanceof BfmError) return { flight, fault: written };
      flight.push(written);
    }
    return { flight, fault: null };
  }

  #write(batch: readonly number[], isTogether: boolean): Written | BfmError {
    const { series, context } = this.#init;
    const { target, hold, pace, session } = context;
    const [first, ...rest] = batch.map((at): PlacedStep => {
      const step = stepAt(series.steps, at);
      return { at, step, isQuick: isTogether || pace.wasQuick(step) };
    });
    if (first === undefined) throw new RangeError('a transaction holds at least one step');
    const createSchema = series.createSchema !== null && first.at === 0;
    const init = {
      target,
      hold,
      timeouts: series.timeouts,
      createSchema,
      session,
      resets: resetsOf(context),
    };
    try {
      return { steps: batch, script: new TransactionScript([first, ...rest], init) };
    } catch (error) {
      return isBfmError(error) ? error : cannotWrite(error);
    }
  }
}

/** What makes a session new between two steps. Another's is made what it was at the end of each transaction instead. */
export function resetsOf({ session }: Pick<SeriesContext, 'session'>): readonly string[] {
  return session === 'own' ? RESET_COMMANDS : [];
}

function cannotWrite(error: unknown): BfmError {
  return new BfmError('internal.invariant', {
    message: `cannot write a transaction: ${textOf(error)}`,
    cause: error,
  });
}
