import type pg from 'pg';

/** A message of exactly one command, and nothing smuggled in behind it: the server refuses a second one in this protocol. */
export function oneCommand(text: string): pg.QueryConfig {
  const message = { text, queryMode: 'extended' };
  return message;
}
