import { quoteIdentifier } from '@bfm/core';
import type pg from 'pg';
import type { Answer } from './pipeline.ts';
import type { Message } from './message.ts';
import { codeOf } from './pg-errors.ts';
import { LENT_SINCE } from './silence/look.ts';

/** What a session that a pooler lends for one transaction was like when it came. */
export interface LentSession {
  readonly pid: number;
  /** When our transaction in it began, see {@link LENT_SINCE}. */
  readonly since: string;
  /** Settings by name, as JSON. */
  readonly settings: string;
  readonly role: string;
  readonly prepared: readonly string[];
  readonly cursors: readonly string[];
  readonly temporary: number;
}

/** Sends one message inside the transaction and gives its answer. */
export type Send = (message: Message) => Promise<Answer>;

const HOLDINGS = `
  (SELECT coalesce(pg_catalog.array_agg(p.name), '{}') FROM pg_catalog.pg_prepared_statements p WHERE p.from_sql) AS prepared,
  (SELECT coalesce(pg_catalog.array_agg(c.name), '{}') FROM pg_catalog.pg_cursors c WHERE c.is_holdable) AS cursors,
  (SELECT pg_catalog.count(*)::integer FROM pg_catalog.pg_class t
   WHERE t.relnamespace = pg_catalog.pg_my_temp_schema()) AS temporary`;

/**
 * Asks what the session is like, to be sent first in a transaction; the answer is for {@link restoreSession}. The fence's
 * functions read there after how long a silence the server is to end the transaction: a pooler whose client's network
 * died would keep it open for ever.
 */
export function rememberQuery(silenceMs: number): pg.QueryConfig {
  return { text: REMEMBER, values: [milliseconds(silenceMs)] };
}

const REMEMBER = `
SELECT pg_catalog.set_config('bfm.idle_timeout', $1, true), pg_catalog.pg_backend_pid() AS pid, ${LENT_SINCE} AS since, (SELECT coalesce(pg_catalog.json_object_agg(s.name, s.setting), '{}')::text FROM pg_catalog.pg_settings s
        WHERE s.source = 'session') AS settings,
       pg_catalog.current_setting('role') AS role, ${HOLDINGS}`;

// Whoever gets the session next must find it as it was, and RESET ALL has also taken what the pooler itself had set.
const RESTORE = `
SELECT pg_catalog.set_config('role', $2, false), pg_catalog.pg_advisory_unlock_all(),
  (SELECT pg_catalog.count(pg_catalog.set_config(s.name, w.value, false))
   FROM pg_catalog.json_each_text($1::json) w JOIN pg_catalog.pg_settings s ON s.name = w.key
   WHERE s.name NOT LIKE 'transaction\\_%' AND s.setting IS DISTINCT FROM w.value) AS restored, ${HOLDINGS}`;

/**
 * One command a message: each may be sent by the extended protocol. RESET ALL, since settings of an application's own
 * (`SET app.tenant = ...`) are in no catalog.
 */
const RELEASE: readonly string[] = ['RESET SESSION AUTHORIZATION', 'RESET ALL', 'UNLISTEN *'];

/** What has been put back holds for the session; until the COMMIT its transaction is to end when it is silent. */
const KEEP_ENDING = "SELECT pg_catalog.set_config('idle_in_transaction_session_timeout', $1, true)";

function milliseconds(ms: number): string {
  return `${Math.ceil(ms)}ms`;
}

/** Reads the answer to {@link rememberQuery}. */
export function toLentSession({ firstRow }: Answer): LentSession {
  if (firstRow === null) throw new Error('the session answered no row about itself');
  return firstRow as unknown as LentSession;
}

/**
 * Makes a lent session what it was, as the last thing of a transaction: settings, role, session locks, temporary tables,
 * prepared statements and cursors that a migration left. All of it takes effect with the COMMIT.
 *
 * @returns the first error; `null` when all went well
 */
export async function restoreSession(send: Send, before: LentSession, silenceMs: number): Promise<unknown> {
  const sent = [
    ...RELEASE.map(send),
    send({ text: RESTORE, values: [before.settings, before.role] }),
    send({ text: KEEP_ENDING, values: [milliseconds(silenceMs)] }),
  ];
  const released = await Promise.all(sent);
  const [restored] = released.slice(-2);
  const failed = released.find(({ error }) => error !== null);
  if (failed !== undefined || restored === undefined) return failed?.error;
  const now = toLentSession(restored);
  const fresh = (key: 'prepared' | 'cursors'): readonly string[] =>
    now[key].filter((name) => !before[key].includes(name));
  const answers = await Promise.all([
    ...fresh('prepared').map((name) => send(`DEALLOCATE ${quoteIdentifier(name)}`)),
    ...fresh('cursors').map((name) => send(`CLOSE ${quoteIdentifier(name)}`)),
    ...(now.temporary > before.temporary ? [send('DISCARD TEMP')] : []),
  ]);
  return answers.find(({ error }) => error !== null)?.error ?? null;
}

/**
 * Aborts the transaction and makes the lent session what it was: session locks and prepared statements do not go with a
 * transaction. The chained transaction keeps the pooler from lending the session to somebody else before that is done.
 *
 * @returns what went wrong: the connection is to be dropped inside the transaction, and the pooler drops the session
 */
export async function abortLent(send: Send, before: LentSession, silenceMs: number): Promise<unknown> {
  const { error } = await send('ROLLBACK AND CHAIN');
  // There is no transaction: it ended with a COMMIT that failed, and was restored before.
  if (codeOf(error) === NO_ACTIVE_TRANSACTION) return null;
  const failed = error ?? (await restoreSession(send, before, silenceMs));
  return failed ?? (await send('ROLLBACK')).error;
}

const NO_ACTIVE_TRANSACTION = '25P01';
