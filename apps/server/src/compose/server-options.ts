import type { Failpoints } from '@bfm/core';
import type { Configuration, ServerConfiguration } from '@bfm/service';

/** What a server or a worker is started with. */
export interface ProcessOptions {
  readonly configuration: Pick<Configuration, 'connections' | 'program' | 'lock' | 'warnings'>;
  readonly server: ServerConfiguration;
  /** The folder of migrations. */
  readonly sfm: string;
  /** The command that starts the servers of all connections; `null`: nobody knows. */
  readonly startedBy: string | null;
  /** How far the wall clock is off on purpose, in milliseconds; 0 outside of tests. */
  readonly clockOffsetMs: number;
  /** Faults on purpose; inert outside of tests. */
  readonly failpoints: Failpoints;
  /** Takes the lines of the log, each with its end; `null`: stdout does. */
  readonly logTo: ((line: string) => void) | null;
  /** Tells people what no log may hold: a token that was made. */
  readonly tell: (line: string) => void;
}

/** What the state is opened with. */
export interface StateOptions {
  readonly configuration: Pick<Configuration, 'lock'>;
  readonly server: Pick<ServerConfiguration, 'state'>;
  readonly failpoints: Failpoints;
}

/** Something that runs until it is stopped. */
export interface RunningProcess {
  /**
   * Stops: says that it is not ready, takes nothing more, lets what is under work end within the grace, gives back what is
   * left. Called again with less patience, that counts. Resolves when nothing is left.
   */
  readonly drain: (graceMs: number) => Promise<void>;
}

/** A server that takes requests. */
export interface RunningServer extends RunningProcess {
  readonly httpPort: number;
  readonly grpcPort: number;
}

/** A worker. */
export interface RunningWorker extends RunningProcess {
  /** Where it tells how it is; `null`: nowhere. */
  readonly httpPort: number | null;
}
