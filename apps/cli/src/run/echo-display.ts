import { targetKey, type EngineEvent, type Target } from '@bfm/core';
import {
  echoLayout,
  finishedStepView,
  retryView,
  lostView,
  waitingView,
  type EchoedStep,
  type EchoLayout,
  type EchoStyle,
} from '../output/echo-view.ts';
import { createLiveArea, type LiveArea } from '../output/live-area.ts';
import { wrap } from '../output/fit.ts';
import { runningView } from '../output/running-view.ts';
import { waitsView } from '../output/waits-view.ts';
import { LogPace } from './log-pace.ts';
import type { DisplayOptions, RunDisplay } from './run-display.ts';
import { WaitPace } from './wait-pace.ts';
import { Waits } from './waits.ts';

const REDRAW_MS = 100;
/** Steps that are done sooner are not shown as running: it would only flicker. */
const SHOWN_AFTER_MS = 300;
/** Where there is no live area, it is looked so often whether a line is due. */
const LOG_LOOK_MS = 1_000;
/** Of one migration: what a loop remarks on each of a million rows is read by nobody. */
const NOTICES_MAX = 1_000;

type StepEvent = Extract<EngineEvent, { step: unknown }>;

/** What an echo shows, and in what detail. */
export interface EchoOptions extends DisplayOptions {
  readonly lists: EchoLayout['lists'];
}

/** Echoes every migration, and every statement unless there are too many; for runs on few targets. */
export async function createEchoDisplay(options: EchoOptions): Promise<RunDisplay> {
  return new EchoDisplay(options, await createLiveArea(options.screen));
}

class EchoDisplay implements RunDisplay {
  readonly #options: EchoOptions;
  readonly #area: LiveArea;
  readonly #layout: EchoLayout;
  readonly #running = new Map<string, EchoedStep>();
  readonly #waits = new Waits();
  readonly #timer: NodeJS.Timeout;
  readonly #pace = new LogPace();
  readonly #waitPace = new WaitPace();

  constructor(options: EchoOptions, area: LiveArea) {
    const { plan, screen, lists } = options;
    this.#options = options;
    this.#area = area;
    this.#layout = echoLayout(plan, screen.look, lists);
    this.#timer = setInterval(
      () => {
        if (screen.isLive) this.#redraw();
        else this.#log();
      },
      screen.isLive ? REDRAW_MS : LOG_LOOK_MS,
    );
    this.#timer.unref();
  }

  handle(event: EngineEvent): void {
    this.#waits.handle(event, this.#options.nowMs());
    switch (event.type) {
      case 'target.waiting':
        this.#area.print(waitingView(event, this.#options.screen.look));
        break;
      case 'target.lost':
        this.#forget(event.target);
        this.#area.print(lostView(event, this.#options.screen.look));
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
        this.#running.delete(keyOf(event.step));
        this.#area.print(retryView(event, this.#layout.names, this.#options.screen.look));
        break;
      case 'step.finished':
      case 'step.undone':
        this.#finish(event);
        break;
      default:
        break;
    }
  }

  say(line: string): void {
    const { paint, width } = this.#options.screen.look;
    this.#area.print(wrap(line, width).map((part) => paint.warn(part)));
  }

  end(): void {
    clearInterval(this.#timer);
    this.#area.end();
  }

  #start(event: Extract<EngineEvent, { type: 'step.started' }>): void {
    const { target, migrationId } = event.step;
    const now = this.#options.nowMs();
    this.#running.set(keyOf(event.step), {
      target,
      migrationId,
      startedMs: now,
      statementMs: now,
      at: 0,
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
    step.at = event.statement;
    step.statementMs = this.#options.nowMs();
    step.progress = null;
  }

  #progress(event: Extract<EngineEvent, { type: 'statement.progress' }>): void {
    const step = this.#step(event);
    if (step === undefined) return;
    step.at = event.statement - 1;
    step.progress = event.progress;
    if (!this.#options.screen.isLive) this.#log();
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

  #finish({ result }: Extract<EngineEvent, { type: 'step.finished' | 'step.undone' }>): void {
    const key = keyOf(result);
    const step = this.#running.get(key);
    this.#running.delete(key);
    this.#area.print(finishedStepView(result, step ?? null, this.#style));
  }

  /** Nothing runs any more in a target that was lost. */
  #forget(target: Target): void {
    for (const [key, step] of this.#running) {
      if (targetKey(step.target) === targetKey(target)) this.#running.delete(key);
    }
  }

  #redraw(): void {
    const now = this.#options.nowMs();
    const long = [...this.#running.values()].filter(({ startedMs }) => now - startedMs >= SHOWN_AFTER_MS);
    this.#area.draw([...this.#waitsView(now), ...runningView(long, now, this.#style)]);
  }

  /** Where nothing can be redrawn, a line now and then. */
  #log(): void {
    const now = this.#options.nowMs();
    const due = [...this.#running.values()].filter((step) => this.#pace.isDue(step, now));
    const waits = this.#waitPace.isDue(this.#waits.shown(now), now) ? this.#waitsView(now) : [];
    this.#area.print([...waits, ...runningView(due, now, this.#style)]);
  }

  #waitsView(now: number): readonly string[] {
    return waitsView(this.#waits.shown(now), this.#options.screen.look, this.#layout.width);
  }

  get #style(): EchoStyle {
    return { ...this.#layout, look: this.#options.screen.look };
  }
}

function keyOf({ target, migrationId }: Pick<EchoedStep, 'target' | 'migrationId'>): string {
  return `${target.connection}/${target.schema}\n${migrationId}`;
}
