import type { AddressError, BfmClient, CallOptions } from '@bfm/client';
import type { BfmError } from '@bfm/core';
import type { ServerPlace } from '../config/server-place.ts';
import { usageError } from '../options/usage-error.ts';
import { toBfmError } from './to-bfm-error.ts';

/** Planning thousands of targets takes its time; a connection that died is noticed sooner by other means. */
const ANSWER_MS = 300_000;

/** A server to work through. */
export interface Remote {
  /** Its address, for people. */
  readonly url: string;
  /**
   * Asks something of it.
   *
   * @throws BfmError with the server's own code; {server.unreachable} {server.bad_answer}
   */
  readonly ask: <Answer>(question: (client: BfmClient) => Promise<Answer>) => Promise<Answer>;
  /** Goes through a list or a stream of it. @throws as {@link ask} does */
  readonly each: <Item>(question: (client: BfmClient) => AsyncIterable<Item>) => AsyncGenerator<Item, void>;
}

/** How an answer is waited for. */
export type AskOptions = Pick<CallOptions, 'signal' | 'retries' | 'onRetry' | 'idempotencyKey'>;

/**
 * Gets ready to work through a server; nothing is sent yet.
 *
 * @throws {request.invalid} for an address that is none, has a password in it, or would get the token without encryption
 */
export async function openRemote(place: ServerPlace): Promise<Remote> {
  const library = await import('@bfm/client');
  const client = connect();
  const url = client.url;
  const toError = (error: unknown): unknown =>
    error instanceof library.BfmClientError ? toBfmError(error, library, url) : error;
  return {
    url,
    ask: async (question) => {
      try {
        return await question(client);
      } catch (error) {
        throw toError(error);
      }
    },
    each: async function* (question) {
      try {
        yield* question(client);
      } catch (error) {
        throw toError(error);
      }
    },
  };

  function connect(): BfmClient {
    try {
      const { url: address, token, allowsClearText } = place;
      return new library.BfmClient({
        url: address,
        token,
        allowPlainHttp: allowsClearText,
        timeoutMs: ANSWER_MS,
      });
    } catch (error) {
      throw error instanceof library.AddressError ? badAddress(error, place) : error;
    }
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
