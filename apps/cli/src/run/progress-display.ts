import type { EngineEvent, MigrationId, StepResult, Version } from '@bfm/core';
import { escapeLine, squeeze } from '../output/escape.ts';
import { cutEnd, displayWidth, wrap } from '../output/fit.ts';
import { createLiveArea, type LiveArea } from '../output/live-area.ts';
import { shortMessage, toProblem } from '../output/problem.ts';
import { advanceProgress, NO_PROGRESS, type ProgressState } from '../output/progress-state.ts';
import { progressLine, progressView } from '../output/progress-view.ts';
import { waitsView } from '../output/waits-view.ts';
import type { DisplayOptions, RunDisplay } from './run-display.ts';
import { Waits } from './waits.ts';

const REDRAW_MS = 100;
const LINE_MS = 5_000;
/** Failures told one by one; a fleet that fails as a whole is told of in the summary, by cause. */
const FAILURES_MAX = 10;

/** Shows a run over many targets: a bar on a terminal, elsewhere a line every few seconds, and each failure. */
export async function createProgressDisplay(options: DisplayOptions): Promise<RunDisplay> {
  return new ProgressDisplay(options, await createLiveArea(options.screen));
}

class ProgressDisplay implements RunDisplay {
  readonly #options: DisplayOptions;
  readonly #area: LiveArea;
  readonly #startedMs: number;
  readonly #versions: ReadonlyMap<MigrationId, Version>;
  readonly #timer: NodeJS.Timeout;
  readonly #waits = new Waits();
  #state: ProgressState = NO_PROGRESS;
  #failures = 0;

  constructor(options: DisplayOptions, area: LiveArea) {
    this.#options = options;
    this.#area = area;
    this.#startedMs = options.nowMs();
    const steps = options.plan.groups.flatMap((group) => group.steps);
    this.#versions = new Map(steps.map(({ migrationId, version }) => [migrationId, version]));
    const { isLive } = options.screen;
    this.#timer = setInterval(
      () => {
        this.#show();
      },
      isLive ? REDRAW_MS : LINE_MS,
    );
    this.#timer.unref();
  }

  handle(event: EngineEvent): void {
    this.#state = advanceProgress(this.#state, event);
    this.#waits.handle(event, this.#options.nowMs());
    if (event.type === 'step.finished') this.#tellFailure(event.result);
  }

  say(line: string): void {
    const { paint, width } = this.#options.screen.look;
    this.#area.print(wrap(line, width).map((part) => paint.warn(part)));
  }

  end(): void {
    clearInterval(this.#timer);
    this.#area.end();
  }

  #show(): void {
    const { screen, nowMs } = this.#options;
    const now = nowMs();
    const elapsedMs = now - this.#startedMs;
    const waits = waitsView(this.#waits.shown(now), screen.look);
    if (screen.isLive) this.#area.draw([...progressView(this.#state, elapsedMs, screen.look), ...waits]);
    else this.#area.print([progressLine(this.#state, elapsedMs, screen.look), ...waits.slice(0, 1)]);
  }

  #tellFailure({ outcome, target, migrationId, error }: StepResult): void {
    if (outcome !== 'failed' && outcome !== 'needs_attention') return;
    this.#failures += 1;
    if (this.#failures > FAILURES_MAX) return;
    const { paint, symbols, width } = this.#options.screen.look;
    const place = escapeLine(`${target.connection}/${target.schema}`);
    const version = this.#versions.get(migrationId) ?? escapeLine(migrationId);
    const reason = squeeze(error === null ? '' : shortMessage(toProblem(error)));
    const room = width - displayWidth(place) - version.length - 6;
    const lines = [
      `${paint.bad(symbols.cross)} ${paint.name(place)}  ${version}  ${cutEnd(reason, room, symbols.ellipsis)}`,
    ];
    if (this.#failures === FAILURES_MAX) lines.push(paint.dim('  further failures are in the summary'));
    this.#area.print(lines);
  }
}
