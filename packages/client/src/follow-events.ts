import type { ClientSettings } from './client-options.ts';
import { NoAnswerError } from './errors.ts';
import { readEventStream, type StreamedEvent } from './read-event-stream.ts';
import type { CallOptions, RequestSender } from './request-sender.ts';
import { retryDelayMs } from './retry-delay.ts';
import { SilenceLimit } from './silence-limit.ts';

/** The server sends a comment every quarter of a minute; three that do not come are a dead connection. */
const SILENCE_MS = 45_000;

/** Which stream is followed, and how far. */
export interface Following {
  readonly path: string;
  /** The id of the last event that was seen; `null`: from the beginning. */
  readonly after: string | null;
  /** Whether an event is the last one. */
  readonly isLast: (event: StreamedEvent) => boolean;
}

/** What events are followed with. */
export interface FollowingWith {
  readonly sender: RequestSender;
  readonly settings: ClientSettings;
  readonly options: CallOptions;
}

/**
 * Gives every event once and in order, up to the last one, over as many connections as it takes: what breaks off is taken up
 * behind the last event that was seen (Last-Event-ID).
 *
 * @throws ServerError and its kinds; NoAnswerError when connections break off again and again without a new event
 */
export async function* followEvents(
  following: Following,
  around: FollowingWith,
): AsyncGenerator<StreamedEvent, void> {
  const { settings, options } = around;
  const { platform } = settings;
  const signal = options.signal ?? new AbortController().signal;
  const progress: Progress = { after: following.after, failures: 0 };
  for (;;) {
    const ended = yield* overOneConnection(following, progress, {
      ...around,
      options: { ...options, signal },
    });
    if (ended.isLast) return;
    signal.throwIfAborted();
    if (progress.failures >= (options.retries ?? settings.retries)) {
      throw brokenOff(following.path, ended.cause);
    }
    options.onRetry?.(brokenOff(following.path, ended.cause));
    const delay = { attempt: progress.failures, retryAfter: null, random: platform.random() };
    progress.failures += 1;
    await platform.sleep(retryDelayMs(delay), signal);
    signal.throwIfAborted();
  }
}

/** How far a stream was followed; a new event forgives connections that broke off before. */
interface Progress {
  after: string | null;
  failures: number;
}

async function* overOneConnection(
  { path, isLast }: Following,
  progress: Progress,
  { sender, settings, options }: FollowingWith,
): AsyncGenerator<StreamedEvent, { readonly isLast: boolean; readonly cause: unknown }> {
  using silence = new SilenceLimit(settings.platform, SILENCE_MS);
  const from = progress.after === null ? {} : { 'last-event-id': progress.after };
  const headers = { accept: 'text/event-stream', ...from };
  const signal = AbortSignal.any([silence.signal, ...(options.signal === undefined ? [] : [options.signal])]);
  const response = await sender.open({ method: 'GET', path, headers }, { ...options, signal });
  silence.begin();
  try {
    for await (const event of readEventStream(heard(response, silence))) {
      progress.after = event.id;
      progress.failures = 0;
      yield event;
      if (isLast(event)) return { isLast: true, cause: null };
    }
    return { isLast: false, cause: null };
  } catch (cause) {
    return { isLast: false, cause };
  }
}

function heard({ body }: Response, silence: SilenceLimit): ReadableStream<Uint8Array> {
  if (body === null) return new ReadableStream({ start: (controller) => controller.close() });
  return body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform: (chunk, controller) => {
        silence.heard();
        controller.enqueue(chunk);
      },
    }),
  );
}

function brokenOff(path: string, cause: unknown): NoAnswerError {
  const failed = { request: `GET ${path}`, requestId: null };
  return new NoAnswerError(`GET ${path}: the events broke off again and again`, failed, { cause });
}
