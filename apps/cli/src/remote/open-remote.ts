import { AddressError, BfmClient, BfmClientError, ServerError } from '@bfm/client';
import type { BfmError } from '@bfm/core';
import type { ServerPlace } from '../config/server-place.ts';
import { usageError } from '../options/usage-error.ts';
import { ServerFiles } from './server-files.ts';
import { toBfmError } from './to-bfm-error.ts';

/** Planning thousands of targets takes its time; a connection that died is noticed sooner by other means. */
const ANSWER_MS = 300_000;

/** A server to work through. */
export interface Remote {
  /** Its address, for people. */
  readonly url: string;
  /** What is known of its files. */
  readonly files: ServerFiles;
  /**
   * Asks something of it.
   *
   * @throws BfmError with the server's own code; {server.unreachable} {server.bad_answer}
   */
  readonly ask: <Answer>(question: (client: BfmClient) => Promise<Answer>) => Promise<Answer>;
  /** All of a list. @throws as {@link ask} does */
  readonly all: <Item>(question: (client: BfmClient) => AsyncIterable<Item>) => Promise<readonly Item[]>;
}

/**
 * Gets ready to work through a server; nothing is sent yet.
 *
 * @param onAsking hears of each question, until it is answered
 * @throws {request.invalid} for an address that is none, has a password in it, or would get the token without encryption
 */
export function openRemote(
  place: ServerPlace,
  onAsking: (url: string, answer: Promise<unknown>) => void,
): Remote {
  const client = connect(place);
  const { url } = client;
  const toError = (error: unknown): unknown =>
    error instanceof BfmClientError ? toBfmError(error, url) : error;
  const remote: Remote = {
    url,
    files: new ServerFiles(),
    async ask(question) {
      try {
        const answer = question(client);
        onAsking(url, answer);
        return await answer;
      } catch (error) {
        throw toError(error);
      }
    },
    all: (question) =>
      remote.ask(async (asked) => {
        const items = [];
        for await (const item of question(asked)) items.push(item);
        return items;
      }),
  };
  return remote;
}

/** That a database is away is an answer: in direct mode nobody waits for it either. */
function mayRetry(error: BfmClientError): boolean {
  return !(error instanceof ServerError && /^(?:lock|target)\./.test(error.code ?? ''));
}

function connect(place: ServerPlace): BfmClient {
  const { url, token, allowsClearText } = place;
  try {
    return new BfmClient({ url, token, allowPlainHttp: allowsClearText, timeoutMs: ANSWER_MS, mayRetry });
  } catch (error) {
    throw error instanceof AddressError ? badAddress(error, place) : error;
  }
}

function badAddress({ reason }: AddressError, { givenBy }: ServerPlace): BfmError {
  switch (reason) {
    case 'no_address':
      return usageError(
        `${givenBy} is no address of a server: one begins with https:// or http://`,
        'give it such as https://bfm.example.com, or http://localhost:7070 for one on this machine',
      );
    case 'more_than_an_address':
      return usageError(
        `${givenBy} has more in it than an address: a user, a password, a query or a fragment`,
        'give scheme, name and port only, and the token in BFM_TOKEN or BFM_TOKEN_FILE',
      );
    case 'clear_text':
      return usageError(
        `${givenBy} is http:// to another machine: the token would go there without encryption; nothing was sent`,
        'use https://; where something else encrypts, set BFM_ALLOW_CLEAR_TEXT=true',
      );
  }
}
