import type { ValueType } from './value-types.ts';

/** One setting: from it come its reading, `.env.example`, the schema of bfm.yaml and the reference in the guide. */
export interface SettingDefinition<T> {
  /** Its place in bfm.yaml, below its connection or at the top, such as `pool.max_connections`; `null`: not there. */
  readonly key: string | null;
  /** Its variable, without the `{CONN}_` or `BFM_` in front, such as `MAX_CONNECTIONS`. */
  readonly variable: string;
  readonly type: ValueType<T>;
  /** Never shown; and may be read from a file, named by the same variable and key with `_FILE` or `_file` behind it. */
  readonly secret: boolean;
  /** A sentence or two, for people. */
  readonly meaning: string;
  /** What holds without it, for people. */
  readonly default: string;
  /** As a variable would hold it. */
  readonly example: string;
}

/** Definitions by the name the code has for them. */
export type Definitions = Readonly<Record<string, SettingDefinition<unknown>>>;

/** The type of a defined value. */
export type ValueOf<D> = D extends SettingDefinition<infer T> ? T : never;
