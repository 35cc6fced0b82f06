/** Why an embedded PostgreSQL could not be started; stable words for programs. */
export type EmbeddedPostgresErrorCode =
  | 'embedded.unsupported_platform'
  | 'embedded.binaries_missing'
  | 'embedded.user_unavailable'
  | 'embedded.directory_unusable'
  | 'embedded.already_running'
  | 'embedded.start_failed';

/** The one error this package throws on purpose. Its message says what was found and what to do, and holds no password. */
export class EmbeddedPostgresError extends Error {
  override readonly name: string = 'EmbeddedPostgresError';
  /** What kind of failure it is. */
  readonly code: EmbeddedPostgresErrorCode;

  constructor(code: EmbeddedPostgresErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Another live postmaster serves the same data directory; nothing was changed. */
export class AlreadyRunningError extends EmbeddedPostgresError {
  override readonly name = 'AlreadyRunningError';
  /** Process id of the running postmaster. */
  readonly pid: number;
  /** TCP port it listens on. */
  readonly port: number;

  constructor(dataDirectory: string, running: { readonly pid: number; readonly port: number }) {
    super(
      'embedded.already_running',
      `PostgreSQL is already running on ${dataDirectory} (pid ${String(running.pid)}, port ${String(running.port)}); stop it first or use it.`,
    );
    this.pid = running.pid;
    this.port = running.port;
  }
}

/** Tells whether an error is a failed system call with one of the given codes (`ENOENT`, `EACCES`, ...). */
export function isSystemError(error: unknown, ...codes: readonly string[]): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
