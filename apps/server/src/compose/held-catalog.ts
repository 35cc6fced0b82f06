import type { Runtime } from '@bfm/runtime';
import type { CatalogHolder, LoadedCatalog } from '@bfm/service';

/** Lets requests be answered while many files are read. */
const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** The migrations of a folder as they were read last; readings come one after another. */
export class HeldCatalog implements CatalogHolder {
  readonly #runtime: Runtime;
  readonly #sfm: string;
  #current: LoadedCatalog;
  #reading: Promise<LoadedCatalog>;

  private constructor(runtime: Runtime, sfm: string, first: LoadedCatalog) {
    this.#runtime = runtime;
    this.#sfm = sfm;
    this.#current = first;
    this.#reading = Promise.resolve(first);
  }

  /** @throws {source.missing} {source.unreadable} */
  static async open(runtime: Runtime, sfm: string): Promise<HeldCatalog> {
    return new HeldCatalog(runtime, sfm, await read(runtime, sfm));
  }

  current(): LoadedCatalog {
    return this.#current;
  }

  reload(): Promise<LoadedCatalog> {
    const next = this.#reading
      .catch(() => undefined)
      .then(async () => (this.#current = await read(this.#runtime, this.#sfm)));
    // Whoever asked hears of it; the next reading only waits.
    next.catch(() => undefined);
    this.#reading = next;
    return next;
  }
}

async function read(runtime: Runtime, sfm: string): Promise<LoadedCatalog> {
  const { catalog, faults, quarantined } = await runtime.readSoundMigrations(sfm, pause);
  return { catalog, faults, quarantined, loadedAt: new Date().toISOString() };
}
