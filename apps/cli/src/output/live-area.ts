import type { Screen } from './terminal.ts';

/** The bottom lines of a terminal, redrawn in place, with lasting lines above. Elsewhere only the latter are seen. */
export interface LiveArea {
  /** Adds lasting lines. */
  print(lines: readonly string[]): void;
  /** Shows these lines at the bottom instead of those before. */
  draw(lines: readonly string[]): void;
  /** Takes the bottom lines away. */
  end(): void;
}

const ROWS_UNKNOWN = 24;
const COLUMNS_UNKNOWN = 80;

/** A terminal that nobody has told its size says 0, which would leave no room for anything. */
function withSize(stream: NodeJS.WriteStream): NodeJS.WriteStream {
  return new Proxy(stream, {
    get: (target, name) => {
      if (name === 'rows') return target.rows || ROWS_UNKNOWN;
      if (name === 'columns') return target.columns || COLUMNS_UNKNOWN;
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

/** Makes the live area of a screen; what redraws is loaded only for a terminal. */
export async function createLiveArea(screen: Screen): Promise<LiveArea> {
  if (!screen.isLive) {
    return {
      print: (lines) => {
        screen.print(lines);
      },
      draw: () => undefined,
      end: () => undefined,
    };
  }
  const { createLogUpdate } = await import('log-update');
  // A cursor that was hidden would stay so when the process is killed.
  const log = createLogUpdate(withSize(screen.stream), { showCursor: true });
  let shown = '';
  return {
    print: (lines) => {
      if (lines.length === 0) return;
      log.persist(lines.join('\n'));
      if (shown !== '') log(shown);
    },
    draw: (lines) => {
      const next = lines.join('\n');
      if (next === shown) return;
      shown = next;
      if (shown === '') log.clear();
      else log(shown);
    },
    end: () => {
      if (shown !== '') log.clear();
      shown = '';
      log.done();
    },
  };
}
