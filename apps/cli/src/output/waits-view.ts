import type { Target } from '@bfm/core';
import { escapeLine } from './escape.ts';
import { cutEnd, displayWidth, padEnd, padStart } from './fit.ts';
import type { Look } from './look.ts';
import { formatDuration, formatNumber } from './wording.ts';

/** That a target waits, and for what. */
export interface ShownWait {
  readonly target: Target;
  /** Behind the target's name. */
  readonly text: string;
  readonly forMs: number;
}

/** More would push what runs off a small screen. */
const WAITS_MAX = 3;
const TIME_WIDTH = 12;

/** A line for each of the first targets that wait, with for how long; for the bottom of a terminal, or a log. */
export function waitsView(waits: readonly ShownWait[], look: Look, width = look.width): readonly string[] {
  const lines = waits.slice(0, WAITS_MAX).map((wait) => waitView(wait, look, width));
  const more = waits.length - WAITS_MAX;
  return more > 0 ? [...lines, look.paint.dim(`  and ${formatNumber(more)} more wait`)] : lines;
}

function waitView({ target, text, forMs }: ShownWait, { paint, symbols }: Look, width: number): string {
  const place = escapeLine(`${target.connection}/${target.schema}`);
  const room = width - TIME_WIDTH - displayWidth(place) - 4;
  const told = cutEnd(escapeLine(text), Math.max(12, room), symbols.ellipsis);
  const line = `${paint.warn(symbols.wait)} ${paint.name(place)}  ${told}`;
  return `${padEnd(line, width - TIME_WIDTH)}${padStart(formatDuration(forMs), TIME_WIDTH)}`;
}
