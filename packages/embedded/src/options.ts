import type { PostgresBinaries } from './binaries.ts';
import type { Storage } from './place-storage.ts';

/** How to start an embedded PostgreSQL. */
export interface EmbeddedPostgresOptions {
  readonly binaries: PostgresBinaries;
  readonly storage: Storage;
  /** TCP port to insist on. @default the port used before if it is free, else any free one */
  readonly port?: number;
  /** Server settings as in postgresql.conf, such as `{ fsync: 'off' }`; the address and the log are not theirs to change. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Password of the superuser of a new cluster; an existing cluster keeps its own. @default a random one */
  readonly password?: string;
  /** Deadline of the whole start, in milliseconds. @default 120000 */
  readonly startTimeoutMs?: number;
  /** How long a fast shutdown may take before an immediate one, in seconds. @default 30 */
  readonly stopGraceSeconds?: number;
  /** Told, in one line for people, what was changed on this machine outside of the directories. @default nobody is told */
  readonly onNotice?: (notice: string) => void;
  /** Where root puts what the server's user cannot reach in the requested place. @default /var/lib/bfm-embedded */
  readonly relocationRoot?: string;
}
