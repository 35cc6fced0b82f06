import type pg from 'pg';

/** One message as it goes over the wire. */
export type Message = string | pg.QueryConfig;

/** A message of exactly one command, and nothing smuggled in behind it: the server refuses a second one in this protocol. */
export function oneCommand(text: string): pg.QueryConfig {
  const message = { text, queryMode: 'extended' };
  return message;
}
