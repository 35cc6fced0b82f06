import { once } from 'node:events';
import { expect, it } from 'vitest';
import { readClientOptions } from '../src/client-options.ts';
import { NoAnswerError, NotFoundError } from '../src/errors.ts';
import { followEvents } from '../src/follow-events.ts';
import { WEB_PLATFORM } from '../src/platform.ts';
import { readEventStream, type StreamedEvent } from '../src/read-event-stream.ts';
import { RequestSender } from '../src/request-sender.ts';
import { hangUp, json, sayNothing, startScriptedServer, type Answer } from './support/scripted-server.ts';

const LIMIT_MS = 2_345;
const PATH = '/api/v1/runs/1/events';

/** Sends these texts, and then ends in order or not. */
function stream(texts: readonly string[], end: 'end' | 'break' | 'stay' = 'end'): Answer {
  return (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(texts.join(''), () => {
      if (end === 'end') response.end();
      else if (end === 'break') response.destroy();
    });
  };
}

const event = (id: number, type = 'step'): string => `id: ${id}\nevent: ${type}\ndata: {"n":${id}}\n\n`;

/** Follows to the end; after `quietAfter` events nothing is heard for a quarter of an hour, once. */
async function follow(
  url: string,
  { quietAfter = Infinity, ...options }: { readonly retries?: number; readonly quietAfter?: number } = {},
): Promise<string[]> {
  const quiet = Promise.withResolvers<undefined>();
  let offsetMs = 0;
  const platform = {
    ...WEB_PLATFORM,
    random: () => 0,
    nowMs: () => WEB_PLATFORM.nowMs() + offsetMs,
    sleep: async (ms: number, signal: AbortSignal): Promise<void> => {
      if (ms < LIMIT_MS) return;
      const aborted = once(signal, 'abort');
      if (ms === LIMIT_MS || offsetMs > 0) await aborted;
      else if ((await Promise.race([aborted, quiet.promise])) === undefined) offsetMs = 900_000;
    },
  };
  const settings = readClientOptions({ url, token: 't', platform, timeoutMs: LIMIT_MS, ...options });
  const got: string[] = [];
  const isLast = ({ type }: StreamedEvent): boolean => type === 'run.finished';
  const around = { sender: new RequestSender(settings), settings, options: {} };
  for await (const { id, type, data } of followEvents({ path: PATH, after: null, isLast }, around)) {
    got.push(`${id} ${type} ${data}`);
    if (got.length === quietAfter) quiet.resolve(undefined);
  }
  return got;
}

it('gives every event once, over as many connections as it takes', async () => {
  await using server = await startScriptedServer([
    stream([': open\n\n', event(1), event(2)], 'break'),
    hangUp,
    stream([event(3), 'id: 4\nevent: step\ndata: {"n"'], 'end'),
    stream([event(4), event(5, 'run.finished'), event(6)], 'stay'),
  ]);
  expect(await follow(server.url)).toEqual([
    '1 step {"n":1}',
    '2 step {"n":2}',
    '3 step {"n":3}',
    '4 step {"n":4}',
    '5 run.finished {"n":5}',
  ]);
  expect(server.seen.map(({ headers }) => headers['last-event-id'])).toEqual([undefined, '2', '2', '3']);
  expect(server.seen[0]?.headers.accept).toBe('text/event-stream');
});

it('gives up when connections break off again and again without a new event', async () => {
  await using server = await startScriptedServer([stream([event(1)]), stream([': open\n\n'])]);
  await expect(follow(server.url, { retries: 3 })).rejects.toBeInstanceOf(NoAnswerError);
  expect(server.seen).toHaveLength(4);
});

it('does not take a connection that died without a word for one that is quiet', async () => {
  await using server = await startScriptedServer([
    stream([event(1)], 'stay'),
    stream([event(2, 'run.finished')]),
  ]);
  expect(await follow(server.url, { quietAfter: 1 })).toEqual(['1 step {"n":1}', '2 run.finished {"n":2}']);
});

it('says what a server refuses', async () => {
  await using server = await startScriptedServer([
    json(404, { error: { code: 'run.not_found', message: 'no' } }),
    sayNothing,
  ]);
  await expect(follow(server.url)).rejects.toBeInstanceOf(NotFoundError);
});

it.each([1, 2, 3, 7, 1_000])('takes a stream apart that comes %i bytes at a time', async (size) => {
  const text =
    ': hi\n\nid: 1\r\nevent: a\r\ndata: x\r\ndata:y\r\n\r\nevent: nothing\n\ndata: é☃\n\nid: 3\ndata: cut';
  const bytes = new TextEncoder().encode(text);
  const pieces = ReadableStream.from(
    Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
      bytes.slice(index * size, (index + 1) * size),
    ),
  );
  const got: StreamedEvent[] = [];
  for await (const found of readEventStream(pieces)) got.push(found);
  expect(got).toEqual([
    { id: '1', type: 'a', data: 'x\ny' },
    { id: '', type: 'message', data: 'é☃' },
  ]);
});
