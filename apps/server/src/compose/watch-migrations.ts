import { watch, type FSWatcher } from 'node:fs';

/** Files are copied one after another; they are read when nothing has come for so long. */
const QUIET_MS = 300;
/** So long a folder in which something changes all the time keeps others waiting at most. */
const BUSY_MS = 3_000;

/** How a folder is watched. */
export interface Watching {
  readonly folder: string;
  /** Even without any change it is looked at this often; 0: never. */
  readonly everyMs: number;
  readonly onChange: () => Promise<void>;
  /** Hears that changes will only be found by looking. */
  readonly onBlind: (error: unknown) => void;
}

/** Calls `onChange` after changes below a folder, once they have come to rest. Ends with the signal. */
export function watchMigrations(watching: Watching, signal: AbortSignal): void {
  const changes = new Changes(watching, signal);
  try {
    const watcher = watch(watching.folder, { recursive: true, persistent: false });
    watcher.on('change', () => changes.come());
    watcher.on('error', (error) => {
      watcher.close();
      watching.onBlind(error);
    });
    closeWith(watcher, signal);
  } catch (error) {
    watching.onBlind(error);
  }
  if (watching.everyMs > 0) {
    const timer = setInterval(() => changes.look(), watching.everyMs);
    signal.addEventListener('abort', () => clearInterval(timer), { once: true });
  }
}

function closeWith(watcher: FSWatcher, signal: AbortSignal): void {
  signal.addEventListener('abort', () => watcher.close(), { once: true });
}

class Changes {
  readonly #watching: Watching;
  readonly #signal: AbortSignal;
  #timer: NodeJS.Timeout | null = null;
  #sinceMs: number | null = null;

  constructor(watching: Watching, signal: AbortSignal) {
    this.#watching = watching;
    this.#signal = signal;
    signal.addEventListener('abort', () => this.#timer !== null && clearTimeout(this.#timer), { once: true });
  }

  come(): void {
    this.#sinceMs ??= performance.now();
    const restMs = Math.max(0, this.#sinceMs + BUSY_MS - performance.now());
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.look(), Math.min(QUIET_MS, restMs));
  }

  look(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#sinceMs = null;
    if (!this.#signal.aborted) void this.#watching.onChange();
  }
}
