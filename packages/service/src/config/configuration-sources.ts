import type { Fault } from '@bfm/core';
import type { ConfigMapping } from './config-tree.ts';
import type { Reading } from './value-types.ts';

/** Variables by name; one that is absent and one that is empty are the same. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where a setting was written. */
export type SettingOrigin = 'environment' | 'document';

/** A bfm.yaml that was found. */
export interface ConfigDocument {
  /** How people are told of it. */
  readonly file: string;
  /** `null`: it holds nothing but comments, or is too faulty to say what it holds. */
  readonly root: ConfigMapping | null;
  /** What is wrong with its YAML. */
  readonly faults: readonly Fault[];
}

/** Everything a configuration is read from. */
export interface ConfigurationSources {
  readonly environment: Environment;
  /** `null`: there is none. */
  readonly document: ConfigDocument | null;
  /**
   * Reads a small text file that a setting names; a relative path starts at the folder of bfm.yaml when it was written
   * there, else at the current one. The reason, when it cannot be read, holds nothing of its content.
   */
  readonly readFile: (path: string, origin: SettingOrigin) => Reading<string>;
}
