import { styleText } from 'node:util';
import { Interrupted } from './interruption.ts';

type Format = Parameters<typeof styleText>[0];

/** What the demo shows to people. */
export interface Output {
  title(text: string): void;
  line(text: string): void;
  gap(): void;
  failure(text: string): void;
  /** Shows a command as a user would type it. */
  command(text: string): void;
  /** Runs a phase and shows its name, its result and how long it took. The result is its own description by default. */
  phase(name: string, work: () => Promise<string>): Promise<string>;
  phase<Result>(
    name: string,
    work: () => Promise<Result>,
    describe: (result: Result) => string,
  ): Promise<Result>;
  /** A list of commands to try, with what they are good for. */
  next(commands: readonly (readonly [string, string])[]): void;
  /** An aligned list of names and values. */
  facts(entries: readonly (readonly [string, string])[]): void;
}

const NAME_WIDTH = 18;
const UNICODE = { tick: '✓', cross: '✗', stopped: '–', running: '…' };
const ASCII = { tick: '+', cross: 'x', stopped: '-', running: '.' };

/** How often a terminal is told that a phase goes on, and a log. */
const REDRAW_MS = 200;
const LOG_MS = 10_000;

/** Tells from the locale whether a terminal shows Unicode as such; as the command line tool does. */
export function showsUnicode(environment: Readonly<Record<string, string | undefined>>): boolean {
  const locale = [environment['LC_ALL'], environment['LC_CTYPE'], environment['LANG']].find(Boolean);
  return /utf-?8/i.test(locale ?? '');
}

/** Writes to a stream; in colour on a terminal, unless NO_COLOR is set, and with signs that a locale without Unicode has, too. */
export function createOutput(stream: NodeJS.WriteStream, unicode: boolean): Output {
  const signs = unicode ? UNICODE : ASCII;
  const paint = (format: Format, text: string): string => styleText(format, text, { stream });
  const line = (text: string): void => void stream.write(`${text}\n`);
  const table = (entries: readonly (readonly [string, string])[], format: Format): void => {
    const width = Math.max(...entries.map(([name]) => name.length));
    for (const [name, value] of entries) line(`  ${paint(format, name.padEnd(width))}  ${value}`);
    line('');
  };
  const phase = async <Result>(
    name: string,
    work: () => Promise<Result>,
    describe: (result: Result) => string = String,
  ): Promise<Result> => {
    const start = performance.now();
    const ticker = startTicker(
      stream,
      (time) => `${paint('yellow', signs.running)} ${name.padEnd(NAME_WIDTH)} ${time}`,
    );
    try {
      const result = await work().finally(ticker);
      const time = paint('dim', `(${seconds(start)})`);
      line(`${paint('green', signs.tick)} ${name.padEnd(NAME_WIDTH)} ${describe(result)} ${time}`);
      return result;
    } catch (error) {
      const time = paint('dim', `(${seconds(start)})`);
      const stopped = error instanceof Interrupted;
      const sign = stopped ? signs.stopped : paint('red', signs.cross);
      line(`${sign} ${name.padEnd(NAME_WIDTH)} ${stopped ? 'interrupted ' : ''}${time}`);
      throw error;
    }
  };
  return {
    title: (text) => line(`\n${paint('bold', text)}\n`),
    line,
    gap: () => line(''),
    failure: (text) => line(paint('red', text)),
    command: (text) => line(`\n${paint('dim', '$')} ${paint('cyan', text)}`),
    phase,
    next: (commands) => {
      line(`\n${paint('bold', 'Try next, in another terminal')}\n`);
      table(commands, 'cyan');
    },
    facts: (entries) => table(entries, 'dim'),
  };
}

/** Shows that something goes on, and for how long; call what comes back when it does no more. */
function startTicker(stream: NodeJS.WriteStream, line: (time: string) => string): () => void {
  const start = performance.now();
  const [first, last] = stream.isTTY ? ['\r', '\u001b[K'] : ['', '\n'];
  const timer = setInterval(
    () => stream.write(`${first}${line(`${Math.floor((performance.now() - start) / 1000)} s`)}${last}`),
    stream.isTTY ? REDRAW_MS : LOG_MS,
  );
  return () => {
    clearInterval(timer);
    if (stream.isTTY) stream.write('\r\u001b[K');
  };
}

function seconds(start: number): string {
  return `${((performance.now() - start) / 1000).toFixed(2)} s`;
}
