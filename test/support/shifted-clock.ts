import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/**
 * The environment of a process whose wall clock is off, whoever in it asks what time it is; its monotonic clock and its timers
 * go on as they are.
 */
export function clockOff(ms: number): Record<string, string> {
  const folder = mkdtempSync(join(tmpdir(), 'bfm-clock-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const file = join(folder, 'clock.cjs');
  writeFileSync(
    file,
    `const Real = Date;
globalThis.Date = class Date extends Real {
  constructor(...parts) { super(...(parts.length === 0 ? [Real.now() + ${ms}] : parts)); }
  static now() { return Real.now() + ${ms}; }
};
`,
  );
  return { NODE_OPTIONS: `--require ${file}`, BFM_ENABLE_FAILPOINTS: '1', BFM_CLOCK_OFFSET_MS: String(ms) };
}
