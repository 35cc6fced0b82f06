import { spawn } from 'node:child_process';
import { ROOT } from './root.ts';

/** One thing to check: commands that run one after the other until one fails. */
export interface Step {
  readonly name: string;
  /** Arguments for Node, so that no shell and no PATH takes part. */
  readonly commands: readonly (readonly string[])[];
}

/** How a step ended. */
export interface StepOutcome {
  readonly name: string;
  readonly ok: boolean;
  readonly durationMs: number;
  /** What its commands wrote, in the order it came. */
  readonly output: string;
}

/** More at once makes each slower on the two cores that CI has. */
const PARALLEL_MAX = 2;

/** Runs all steps, two at a time, and calls `onEnd` as each ends. A failing step stops no other. */
export async function runInPairs(
  steps: readonly Step[],
  onEnd: (outcome: StepOutcome) => void,
): Promise<readonly StepOutcome[]> {
  const waiting = steps.values();
  const outcomes: StepOutcome[] = [];
  const work = async (): Promise<void> => {
    for (const step of waiting) {
      const outcome = await runStep(step);
      outcomes.push(outcome);
      onEnd(outcome);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL_MAX }, work));
  return outcomes;
}

async function runStep(step: Step): Promise<StepOutcome> {
  const start = performance.now();
  const chunks: Buffer[] = [];
  let ok = true;
  for (const command of step.commands) {
    ok = await runNode(command, (chunk) => chunks.push(chunk));
    if (!ok) break;
  }
  const output = Buffer.concat(chunks).toString('utf8').trim();
  return { name: step.name, ok, durationMs: performance.now() - start, output };
}

function runNode(args: readonly string[], onOutput: (chunk: Buffer) => void): Promise<boolean> {
  const colour = process.stdout.isTTY && process.stdout.hasColors() ? { FORCE_COLOR: '1' } : {};
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
      cwd: ROOT,
      env: { ...process.env, ...colour },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.on('data', onOutput);
    child.stderr.on('data', onOutput);
    child.on('error', (error) => {
      onOutput(Buffer.from(error.message));
      resolve(false);
    });
    child.on('close', (code) => {
      resolve(code === 0);
    });
  });
}
