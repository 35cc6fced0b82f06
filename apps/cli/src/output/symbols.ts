/** Signs in views, in a form the terminal can show. */
export interface Symbols {
  readonly tick: string;
  readonly cross: string;
  readonly skip: string;
  readonly wait: string;
  readonly ellipsis: string;
  readonly dot: string;
  readonly arrow: string;
  readonly full: string;
  readonly empty: string;
}

const UNICODE: Symbols = {
  tick: '✓',
  cross: '✗',
  skip: '–',
  wait: '…',
  ellipsis: '…',
  dot: '·',
  arrow: '→',
  full: '█',
  empty: '░',
};

const ASCII: Symbols = {
  tick: '+',
  cross: 'x',
  skip: '-',
  wait: '~',
  ellipsis: '...',
  dot: '-',
  arrow: '->',
  full: '#',
  empty: '.',
};

/** The signs for a terminal that does or does not show Unicode. */
export function createSymbols(unicode: boolean): Symbols {
  return unicode ? UNICODE : ASCII;
}

/** Tells from the locale (on Windows: from the terminal) whether Unicode is shown as such. */
export function showsUnicode(
  environment: Readonly<Record<string, string | undefined>>,
  platform: string,
): boolean {
  if (platform === 'win32') {
    return environment['WT_SESSION'] !== undefined || environment['TERM_PROGRAM'] === 'vscode';
  }
  const locale = [environment['LC_ALL'], environment['LC_CTYPE'], environment['LANG']].find(
    (value) => value !== undefined && value !== '',
  );
  return /utf-?8/i.test(locale ?? '');
}
