import type { EngineEvent } from '@bfm/core';
import {
  echoLayout,
  finishedStepView,
  retryView,
  runningStepView,
  stepProgressView,
  waitingView,
  type EchoedStep,
  type EchoLayout,
} from '../output/echo-view.ts';
import { createLiveArea, type LiveArea } from '../output/live-area.ts';
import type { DisplayOptions, RunDisplay } from './run-display.ts';

const REDRAW_MS = 100;
/** Steps that are done sooner are not shown as running: it would only flicker. */
const SHOWN_AFTER_MS = 300;
/** Where there is no live area, a long statement is told of so often. */
const LOG_EVERY_MS = 10_000;
/** Of one migration: what a loop remarks on each of a million rows is read by nobody. */
const NOTICES_MAX = 1_000;

type StepEvent = Extract<EngineEvent, { step: unknown }>;

/** Echoes every migration and statement; for runs on few targets. */
export async function createEchoDisplay(options: DisplayOptions): Promise<RunDisplay> {
  return new EchoDisplay(options, await createLiveArea(options.screen));
}

class EchoDisplay implements RunDisplay {
  readonly #options: DisplayOptions;
  readonly #area: LiveArea;
  readonly #layout: EchoLayout;
  readonly #running = new Map<string, EchoedStep>();
  readonly #timer: NodeJS.Timeout;
  #loggedMs: number;

  constructor(options: DisplayOptions, area: LiveArea) {
    this.#options = options;
    this.#area = area;
    this.#layout = echoLayout(options.plan, options.screen.look);
    this.#loggedMs = options.nowMs();
    this.#timer = setInterval(() => {
      this.#redraw();
    }, REDRAW_MS);
    this.#timer.unref();
  }

  handle(event: EngineEvent): void {
    switch (event.type) {
      case 'target.waiting':
        this.#area.print(waitingView(event, this.#options.screen.look));
        break;
      case 'step.started':
        this.#start(event);
        break;
      case 'statement.finished':
        this.#finishStatement(event);
        break;
      case 'statement.progress':
        this.#progress(event);
        break;
      case 'notice':
        this.#notice(event);
        break;
      case 'step.retrying':
        this.#area.print(retryView(event, this.#layout.names, this.#options.screen.look));
        break;
      case 'step.finished':
        this.#finish(event);
        break;
      default:
        break;
    }
  }

  say(line: string): void {
    this.#area.print([this.#options.screen.look.paint.warn(line)]);
  }

  end(): void {
    clearInterval(this.#timer);
    this.#area.end();
  }

  #start(event: Extract<EngineEvent, { type: 'step.started' }>): void {
    const { target, migrationId } = event.step;
    this.#running.set(keyOf(event.step), {
      target,
      migrationId,
      startedMs: this.#options.nowMs(),
      planned: event.statements,
      progress: null,
      statements: [],
      notices: [],
      noticeCount: 0,
    });
  }

  #finishStatement(event: Extract<EngineEvent, { type: 'statement.finished' }>): void {
    const step = this.#step(event);
    if (step === undefined) return;
    step.statements.push(event);
    step.progress = null;
  }

  /** A terminal shows it in its live area; a log gets a line now and then. */
  #progress(event: Extract<EngineEvent, { type: 'statement.progress' }>): void {
    const step = this.#step(event);
    if (step === undefined) return;
    step.progress = event.progress;
    const now = this.#options.nowMs();
    if (this.#options.screen.isLive || now - this.#loggedMs < LOG_EVERY_MS) return;
    this.#loggedMs = now;
    const style = { ...this.#layout, look: this.#options.screen.look };
    this.#area.print([runningStepView(step, now, style), ...stepProgressView(step, style)]);
  }

  #notice(event: Extract<EngineEvent, { type: 'notice' }>): void {
    const step = this.#step(event);
    if (step === undefined) return;
    step.noticeCount += 1;
    // Notices come before the answer of the statement they belong to.
    if (step.notices.length < NOTICES_MAX) step.notices.push({ ...event, after: step.statements.length });
  }

  #step({ step }: StepEvent): EchoedStep | undefined {
    return this.#running.get(keyOf(step));
  }

  #finish({ result }: Extract<EngineEvent, { type: 'step.finished' }>): void {
    const key = keyOf(result);
    const step = this.#running.get(key);
    this.#running.delete(key);
    this.#area.print(
      finishedStepView(result, step ?? null, { ...this.#layout, look: this.#options.screen.look }),
    );
  }

  #redraw(): void {
    const now = this.#options.nowMs();
    const style = { ...this.#layout, look: this.#options.screen.look };
    const lines = [...this.#running.values()]
      .filter(({ startedMs }) => now - startedMs >= SHOWN_AFTER_MS)
      .flatMap((step) => [runningStepView(step, now, style), ...stepProgressView(step, style)]);
    this.#area.draw(lines);
  }
}

function keyOf({ target, migrationId }: Pick<EchoedStep, 'target' | 'migrationId'>): string {
  return `${target.connection}/${target.schema}\n${migrationId}`;
}
