import { DEFAULT_ATTEMPTS_MAX, DEFAULT_LOCK_TIMEOUT_MS, DEFAULT_LOCK_WAIT_MS } from '@bfm/engine';
import { applyPlan, dryRun, replan, type ApplyOptions, type ProgramSettings } from '@bfm/service';
import type { Session } from '../commands/session.ts';
import type { RunWork } from '../modes/plan-work.ts';
import type { ApplyCommandOptions } from '../options/option-types.ts';
import { Interrupts } from '../run/interrupts.ts';
import { readStopGrace } from '../run/stop-grace.ts';
import { directPlan } from './direct-plan.ts';

const DEFAULT_CONCURRENCY = 4;

/** Carries plans out in this process, on the databases themselves. */
export function directRun(session: Session): RunWork {
  const { context, listen, program } = session;
  return {
    ...directPlan(session),
    replan: (request, digest) => replan(request, digest, context),
    dryRun: (plan) => dryRun(plan, context),
    prepare: async () => {
      await context.openLocks();
    },
    carryOut: async ({ plan, options, display }) => {
      using interrupts = new Interrupts({
        say: (line) => {
          display.say(line);
        },
        graceMs: readStopGrace(process.env),
      });
      listen((event) => {
        display.handle(event);
      });
      const result = await applyPlan(plan, toApplyOptions(options, program, interrupts), context);
      return { kind: 'ended', result };
    },
  };
}

function toApplyOptions(
  options: ApplyCommandOptions,
  program: ProgramSettings,
  { stop, cancel }: Interrupts,
): ApplyOptions {
  return {
    concurrency: firstOf(options.concurrency, program.concurrency, DEFAULT_CONCURRENCY),
    failuresMax: options.failFast === true ? 1 : (options.maxFailures ?? null),
    unit: options.unit ?? 'target',
    onFailure: options.onFailure ?? 'keep',
    commit: options.commit ?? 'per-migration',
    lockWaitMs: firstOf(options.lockWait, program.lockWaitMs, DEFAULT_LOCK_WAIT_MS),
    lockTimeoutMs: firstOf(options.lockTimeout, program.lockTimeoutMs, DEFAULT_LOCK_TIMEOUT_MS),
    statementTimeoutMs: firstOf(options.statementTimeout, program.statementTimeoutMs, 0),
    batchPauseMs: options.batchPause ?? 0,
    attemptsMax: firstOf(options.attempts, program.attemptsMax, DEFAULT_ATTEMPTS_MAX),
    stop,
    cancel,
  };
}

/** An option goes before what was configured, and this before the usual. */
function firstOf(option: number | undefined, configured: number | null, usual: number): number {
  return option ?? configured ?? usual;
}
