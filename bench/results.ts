import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Sample } from './measure.ts';
import { SUITE_NAMES, type Sizes, type SuiteName } from './options.ts';

/** One sample of one contender. */
export interface Measured extends Sample {
  readonly contender: string;
  readonly round: number;
  /** The part of the work that was done; `seconds` and processor times are those of all of it. */
  readonly share: number;
}

/** Everything measured of a suite, as it is kept in a file. */
export interface SuiteResults {
  readonly suite: SuiteName;
  readonly title: string;
  readonly reference: string;
  /** Server, settings and machine. */
  readonly settings: string;
  readonly sizes: Sizes;
  readonly measured: readonly Measured[];
  /** Times in seconds that goals need beside those of contenders. */
  readonly extras: Readonly<Record<string, number>>;
}

/** Keeps results in one file per suite, written after every round: what was measured is never lost. */
export class ResultsFolder {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async read(suite: SuiteName): Promise<SuiteResults | null> {
    const text = await readFile(this.#path(suite), 'utf8').catch(() => null);
    return text === null ? null : (JSON.parse(text) as SuiteResults);
  }

  async readAll(): Promise<readonly SuiteResults[]> {
    const found = await Promise.all(SUITE_NAMES.map((suite) => this.read(suite)));
    return found.filter((results) => results !== null);
  }

  async write(results: SuiteResults): Promise<void> {
    await this.writeText(`${results.suite}.json`, `${JSON.stringify(results, null, 2)}\n`);
  }

  async writeText(name: string, text: string): Promise<void> {
    const path = join(this.#folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }

  #path(suite: SuiteName): string {
    return join(this.#folder, `${suite}.json`);
  }
}
