import { isatty } from 'node:tty';
import { jsonText } from './json-text.ts';
import type { Look } from './look.ts';
import { createPaint, isColoured } from './paint.ts';
import { ownProgramName } from './program-name.ts';
import { survive } from './survive.ts';
import { createSymbols, showsUnicode } from './symbols.ts';

const STDIN = 0;
const STDERR = 2;

/** Columns of a stream that is no terminal and says nothing about its width. */
const WIDTH_ELSEWHERE = 200;
const WIDTH_MIN = 40;
/** Columns of a terminal that reports none. */
const WIDTH_UNKNOWN = 80;

/** A stream that people read. */
export interface Screen {
  readonly isTty: boolean;
  /** Whether lines can be redrawn: on a terminal that is not a dumb one. */
  readonly isLive: boolean;
  /** Asked anew for every view: a window may have been resized. */
  readonly look: Look;
  readonly stream: NodeJS.WriteStream;
  readonly print: (lines: readonly string[]) => void;
}

/** Where a command writes to. */
export interface Terminal {
  /** True with `--json`: one document on stdout, and people are only spoken to on a terminal. */
  readonly json: boolean;
  /** What a command has to tell: stdout, or with `--json` stderr. */
  readonly people: Screen;
  /** Remarks beside it: stderr. */
  readonly notes: Screen;
  /** What must be told even with `--quiet`: where `people` are told, or with it on stderr. */
  readonly urgent: Screen;
  /** True with `--quiet`: `people` are told nothing. */
  readonly quiet: boolean;
  /** Whether somebody is there who can answer. */
  readonly canAsk: boolean;
  /** Writes the one document of `--json`; does nothing without. */
  readonly data: (document: Readonly<Record<string, unknown>>) => void;
}

/** What the command line says about output. */
export interface OutputOptions {
  readonly json: boolean;
  readonly color: boolean;
  readonly quiet: boolean;
}

/** The terminal of this process. */
export function createTerminal({ json, color, quiet }: OutputOptions): Terminal {
  for (const stream of [process.stdout, process.stderr]) survive(stream);
  const notes = createScreen(process.stderr, { color, silent: json && !process.stderr.isTTY });
  const people = json
    ? createScreen(process.stderr, { color, silent: quiet || !process.stderr.isTTY })
    : createScreen(process.stdout, { color, silent: quiet });
  return {
    json,
    quiet,
    notes,
    people,
    urgent: quiet ? notes : people,
    get canAsk() {
      // Not process.stdin.isTTY: making that stream takes 2 ms, and from then on it is being read.
      return isatty(STDIN) && isatty(STDERR);
    },
    data: (document) => {
      if (json) writeJson(process.stdout, document);
    },
  };
}

function writeJson(stream: NodeJS.WriteStream, document: Readonly<Record<string, unknown>>): void {
  for (const text of jsonText(document)) {
    // Nobody reads on: making the rest would be for nothing.
    if (!stream.writable) return;
    stream.write(text);
  }
  stream.write('\n');
}

function createScreen(
  stream: NodeJS.WriteStream,
  { color, silent }: { color: boolean; silent: boolean },
): Screen {
  // Redirected streams are no terminals, whatever the types say.
  const isTty = (stream as { readonly isTTY?: boolean }).isTTY === true;
  const { env: environment, platform } = process;
  const paint = createPaint(isColoured({ wanted: color, environment, isTty }));
  const symbols = createSymbols(showsUnicode(environment, platform));
  return {
    isTty,
    isLive: isTty && environment['TERM'] !== 'dumb',
    stream,
    get look() {
      const program = ownProgramName({ isTty });
      return { width: widthOf(stream, isTty), paint, symbols, program };
    },
    print: (lines) => {
      if (!silent && lines.length > 0) stream.write(`${lines.join('\n')}\n`);
    },
  };
}

function widthOf(stream: NodeJS.WriteStream, isTty: boolean): number {
  const told = isTty ? stream.columns : Number(process.env['COLUMNS']);
  if (told > 0) return Math.max(WIDTH_MIN, told);
  // A terminal that does not know its width is a narrow one rather than a file.
  return isTty ? WIDTH_UNKNOWN : WIDTH_ELSEWHERE;
}
