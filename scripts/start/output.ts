import { styleText } from 'node:util';

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

/** Writes to a stream; in colour on a terminal, unless NO_COLOR is set. */
export function createOutput(stream: NodeJS.WriteStream): Output {
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
    try {
      const result = await work();
      const time = paint('dim', `(${seconds(start)})`);
      line(`${paint('green', '✓')} ${name.padEnd(NAME_WIDTH)} ${describe(result)} ${time}`);
      return result;
    } catch (error) {
      line(`${paint('red', '✗')} ${name.padEnd(NAME_WIDTH)} ${paint('dim', `(${seconds(start)})`)}`);
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

function seconds(start: number): string {
  return `${((performance.now() - start) / 1000).toFixed(2)} s`;
}
