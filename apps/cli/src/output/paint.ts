import { styleText } from 'node:util';

/** Colours by what they mean. */
export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly name: (text: string) => string;
}

/** What decides about colours. */
export interface ColourSetting {
  /** False with `--no-color`. */
  readonly wanted: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly isTty: boolean;
}

const plain = (text: string): string => text;

/** Colours, or texts as they are. */
export function createPaint(coloured: boolean): Paint {
  if (!coloured) return { bold: plain, dim: plain, good: plain, bad: plain, warn: plain, name: plain };
  const style =
    (format: Parameters<typeof styleText>[0]) =>
    (text: string): string =>
      // Whether the stream takes colours was decided before, once.
      styleText(format, text, { validateStream: false });
  return {
    bold: style('bold'),
    dim: style('dim'),
    good: style('green'),
    bad: style('red'),
    warn: style('yellow'),
    name: style('cyan'),
  };
}

/**
 * Colours on a terminal, unless told otherwise, in this order: `--no-color`, NO_COLOR, FORCE_COLOR or CLICOLOR_FORCE,
 * CLICOLOR=0, TERM=dumb.
 */
export function isColoured({ wanted, environment, isTty }: ColourSetting): boolean {
  if (!wanted || (environment['NO_COLOR'] ?? '') !== '') return false;
  const force = environment['FORCE_COLOR'] ?? environment['CLICOLOR_FORCE'];
  if (force !== undefined) return force !== '0' && force !== 'false';
  return isTty && environment['CLICOLOR'] !== '0' && environment['TERM'] !== 'dumb';
}
