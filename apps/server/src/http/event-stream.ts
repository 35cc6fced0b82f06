import type { ServerEvent } from './route.ts';

/** What an event stream needs besides its events. */
export interface EventStreamOptions {
  /** After so long without an event a comment is sent, so that nobody on the way takes the connection for dead. */
  readonly heartbeatMs: number;
  /** Ends the stream. */
  readonly signal: AbortSignal;
}

const HEARTBEAT = Symbol('heartbeat');
const END = Symbol('end');

/**
 * Events as the texts of `text/event-stream`. The next event is asked for when the one before was taken, so that a client that
 * does not read costs one event; at the end, whoever ends it, the source is ended, too.
 */
export async function* toEventStream(
  events: AsyncIterable<ServerEvent>,
  { heartbeatMs, signal }: EventStreamOptions,
): AsyncGenerator<string, void> {
  const source = events[Symbol.asyncIterator]();
  try {
    yield ': open\n\n';
    let next = source.next();
    for (;;) {
      const got = await firstOf(next, { heartbeatMs, signal });
      if (got === END) return;
      if (got === HEARTBEAT) yield ': \n\n';
      else if (got.done === true) return;
      else {
        yield toText(got.value);
        next = source.next();
        // Looked at in the next round; until then nobody may call it unhandled.
        next.catch(() => undefined);
      }
    }
  } finally {
    // A source that waits for its next event answers when that comes; nobody waits for it.
    source.return?.().catch(() => undefined);
  }
}

/** The header with which a client goes on where it was; `null` when it begins. */
export function readLastEventId(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): string | null {
  const value = headers['last-event-id'];
  return typeof value === 'string' && value !== '' ? value : null;
}

/** Leaves nothing behind on the signal, which lives as long as the stream. */
async function firstOf(
  next: Promise<IteratorResult<ServerEvent>>,
  { heartbeatMs, signal }: EventStreamOptions,
): Promise<IteratorResult<ServerEvent> | typeof HEARTBEAT | typeof END> {
  if (signal.aborted) return END;
  const first = Promise.withResolvers<IteratorResult<ServerEvent> | typeof HEARTBEAT | typeof END>();
  const end = (): void => first.resolve(END);
  const timer = setTimeout(() => first.resolve(HEARTBEAT), heartbeatMs);
  signal.addEventListener('abort', end);
  next.then(first.resolve, first.reject);
  try {
    return await first.promise;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
  }
}

function toText({ id, type, data }: ServerEvent): string {
  return `id: ${oneLine(id)}\nevent: ${oneLine(type)}\ndata: ${JSON.stringify(data ?? null)}\n\n`;
}

function oneLine(text: string): string {
  return text.replace(/[\r\n\0]/g, ' ');
}
