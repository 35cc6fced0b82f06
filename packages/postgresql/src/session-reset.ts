/**
 * Takes back whatever a migration may have left in its session, so that the next one finds what it would find alone. One
 * message, to be sent outside of a transaction. Session-level advisory locks stay: they hold the target.
 */
export const SESSION_RESET =
  'RESET SESSION AUTHORIZATION; RESET ALL; DEALLOCATE ALL; CLOSE ALL; UNLISTEN *; DISCARD TEMP; DISCARD SEQUENCES';
