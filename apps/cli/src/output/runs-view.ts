import type { RunHead } from '@bfm/client';
import { escapeLine } from './escape.ts';
import type { Look } from './look.ts';
import type { Paint } from './paint.ts';
import { table, type Cell } from './table.ts';

const COLOURS: Readonly<Record<RunHead['status'], keyof Paint>> = {
  queued: 'dim',
  paused: 'warn',
  running: 'warn',
  succeeded: 'good',
  failed: 'bad',
  cancelled: 'warn',
  needs_attention: 'bad',
};

const COLUMNS = [
  { title: 'run' },
  { title: 'status' },
  { title: 'what', from: 60 },
  { title: 'began (UTC)', from: 80 },
  { title: 'steps', shrinksTo: 12, from: 90 },
  { title: 'who', shrinksTo: 8, from: 70 },
];

/** Runs of a server as a table. */
export function runsView(runs: readonly RunHead[], look: Look): readonly string[] {
  if (runs.length === 0) return ['There is no such run.'];
  return table(
    COLUMNS,
    runs.map((run) => rowOf(run, look)),
    look,
  );
}

function rowOf(run: RunHead, { paint }: Look): readonly Cell[] {
  const { id, status, direction, actor, created_at: at } = run;
  return [
    { text: escapeLine(id), paint: paint.name },
    { text: wordOf(run), paint: paint[COLOURS[status]] },
    { text: direction },
    { text: `${at.slice(0, 10)} ${at.slice(11, 19)}`, paint: paint.dim },
    { text: stepsOf(run) },
    { text: escapeLine(actor), paint: paint.dim },
  ];
}

function wordOf({ status, cancel_requested_at: asked, finished_at: ended }: RunHead): string {
  return asked !== null && ended === null ? 'being cancelled' : status.replace('_', ' ');
}

function stepsOf({ summary }: RunHead): string {
  return Object.entries(summary ?? {})
    .filter(([, number]) => number > 0)
    .map(([outcome, number]) => `${number} ${outcome.replace('_', ' ')}`)
    .join(', ');
}
