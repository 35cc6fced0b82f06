import { randomUUID } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runBfm, type BfmEnd } from '../support/bfm.ts';

/** How a whole process ended, and what it took. */
export interface MeasuredEnd extends BfmEnd {
  readonly seconds: number;
  /** The most memory that was resident. */
  readonly peakMib: number;
}

/** Loaded before anything else of the process; it speaks when it ends. */
const REPORT_PEAK = `
import { writeFileSync } from 'node:fs';
process.on('exit', () => writeFileSync(process.env.FLEET_PEAK_FILE, String(process.resourceUsage().maxRSS)));`;

/** Runs the built CLI to its end and measures it from outside. */
export async function measureBfm(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<MeasuredEnd> {
  const file = join(tmpdir(), `bfm-peak-${randomUUID()}`);
  const hook = `data:text/javascript,${encodeURIComponent(REPORT_PEAK)}`;
  const started = performance.now();
  const end = await runBfm(args, { ...environment, NODE_OPTIONS: `--import ${hook}`, FLEET_PEAK_FILE: file });
  const seconds = (performance.now() - started) / 1_000;
  const peakKib = Number(await readFile(file, 'utf8'));
  await rm(file);
  return { ...end, seconds, peakMib: peakKib / 1_024 };
}
