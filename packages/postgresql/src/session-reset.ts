/**
 * Takes back whatever a migration may have left in its session, so that the next one finds what it would find alone.
 * Session-level advisory locks stay: they hold the target. In a transaction that is aborted, so is this.
 */
export const RESET_COMMANDS: readonly string[] = [
  'RESET SESSION AUTHORIZATION',
  'RESET ALL',
  'DEALLOCATE ALL',
  'CLOSE ALL',
  'UNLISTEN *',
  'DISCARD TEMP',
  'DISCARD SEQUENCES',
];

/** The same as one message, to be sent outside of a transaction. */
export const SESSION_RESET = RESET_COMMANDS.join('; ');
