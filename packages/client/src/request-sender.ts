import type { ClientSettings } from './client-options.ts';
import { readErrorBody } from './error-body.ts';
import {
  BadAnswerError,
  NoAnswerError,
  TimedOutError,
  UnauthenticatedError,
  toServerError,
  type BfmClientError,
  type FailedRequest,
} from './errors.ts';
import { retryDelayMs } from './retry-delay.ts';

/** How one call is made; what is left out is as the client has it. */
export interface CallOptions {
  /** Ends the waiting. What the server has begun goes on. */
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  readonly retries?: number;
  /** Under which the server does a change once, however often it is asked. @default a new one for each call */
  readonly idempotencyKey?: string;
  /** Hears of each try that failed and is made again. */
  readonly onRetry?: (error: BfmClientError) => void;
}

/** A request as a resource words it. */
export interface ClientRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** From `/api` on, its parts encoded. */
  readonly path: string;
  /** What is undefined is left out; of a list each item is sent. */
  readonly query?: object;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Statuses besides 2xx whose body is the answer. */
  readonly alsoGood?: readonly number[];
}

/** Statuses that say: come back. */
const COME_BACK = new Set([429, 502, 503, 504]);

/** One try: what its answer was read as, or why there is nothing. */
type Tried<T> =
  | { readonly kind: 'answer'; readonly value: T }
  | {
      readonly kind: 'failed';
      readonly error: BfmClientError;
      readonly again: boolean;
      readonly retryAfter: string | null;
    };

/** What a call is made of. */
interface Call<T> {
  readonly request: ClientRequest;
  readonly options: CallOptions;
  readonly read: (response: Response) => T | Promise<T>;
}

/** Sends requests, again and again where that can do no harm: what changes something carries a key, always the same one. */
export class RequestSender {
  readonly #settings: ClientSettings;

  constructor(settings: ClientSettings) {
    this.#settings = settings;
  }

  /**
   * The answer as JSON; `undefined` when it has no body.
   *
   * @throws ServerError and its kinds, NoAnswerError, TimedOutError, BadAnswerError; the signal's reason
   */
  json(request: ClientRequest, options: CallOptions = {}): Promise<unknown> {
    return this.#send({ request, options, read: (response) => readJson(request, response) });
  }

  /** The answer with its body unread. @throws as {@link json} does */
  open(request: ClientRequest, options: CallOptions = {}): Promise<Response> {
    return this.#send({ request, options, read: (response) => response });
  }

  async #send<T>(call: Call<T>): Promise<T> {
    const { request, options } = call;
    const { platform, retries: usual, tokenChanges } = this.#settings;
    const retries = options.retries ?? usual;
    const headers = this.#toHeaders(request, options);
    const signal = options.signal ?? new AbortController().signal;
    let mayRenewToken = tokenChanges;
    for (let attempt = 0; ; attempt += 1) {
      signal.throwIfAborted();
      const tried = await this.#try({ ...call, options: { ...options, signal } }, headers);
      if (tried.kind === 'answer') return tried.value;
      const { error, retryAfter } = tried;
      if (mayRenewToken && error instanceof UnauthenticatedError) {
        mayRenewToken = false;
        continue;
      }
      if (attempt >= retries || !this.#mayTryAgain(tried)) throw error;
      options.onRetry?.(error);
      await platform.sleep(retryDelayMs({ attempt, retryAfter, random: platform.random() }), signal);
    }
  }

  #mayTryAgain({ again, error }: Extract<Tried<never>, { kind: 'failed' }>): boolean {
    return again && this.#settings.mayRetry(error);
  }

  #toHeaders({ method, body, headers }: ClientRequest, { idempotencyKey }: CallOptions): Headers {
    const all = new Headers({ accept: 'application/json', ...headers });
    if (body !== undefined) all.set('content-type', 'application/json');
    if (method !== 'GET') all.set('idempotency-key', idempotencyKey ?? this.#settings.platform.newKey());
    return all;
  }

  async #try<T>({ request, options, read }: Call<T>, headers: Headers): Promise<Tried<T>> {
    headers.set('authorization', `Bearer ${checkToken(await this.#settings.token())}`);
    const limit = new Limit(this.#settings, options.timeoutMs ?? this.#settings.timeoutMs);
    const signals = [limit.signal, ...(options.signal === undefined ? [] : [options.signal])];
    try {
      const { base, platform } = this.#settings;
      const response = await platform.fetch(`${base}${request.path}${toQuery(request.query)}`, {
        method: request.method,
        headers,
        body: request.body === undefined ? null : JSON.stringify(request.body),
        // A token is not carried to wherever somebody points.
        redirect: 'error',
        signal: AbortSignal.any(signals),
      });
      if (!isGood(request, response)) return await toRefusal(request, response);
      return { kind: 'answer', value: await read(response) };
    } catch (cause) {
      options.signal?.throwIfAborted();
      if (cause instanceof BadAnswerError) throw cause;
      return {
        kind: 'failed',
        error: toNoAnswer(request, cause, limit.isOver),
        again: true,
        retryAfter: null,
      };
    } finally {
      limit[Symbol.dispose]();
    }
  }
}

/** What no header can hold would be repeated by whoever refuses it. */
function checkToken(token: string): string {
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new TypeError('the token is empty, or holds characters that no token has');
}

/** A time limit that leaves no timer behind. */
class Limit implements Disposable {
  readonly #over = new AbortController();
  readonly #done = new AbortController();

  constructor({ platform }: ClientSettings, ms: number) {
    void platform.sleep(ms, this.#done.signal).then(() => {
      if (!this.#done.signal.aborted) this.#over.abort(new Error('timed out'));
    });
  }

  get signal(): AbortSignal {
    return this.#over.signal;
  }

  get isOver(): boolean {
    return this.#over.signal.aborted;
  }

  [Symbol.dispose](): void {
    this.#done.abort();
  }
}

function isGood({ alsoGood = [] }: ClientRequest, { ok, status }: Response): boolean {
  return ok || alsoGood.includes(status);
}

async function toRefusal(request: ClientRequest, response: Response): Promise<Tried<never>> {
  const { status, headers } = response;
  const body = readErrorBody(await response.text(), status);
  return {
    kind: 'failed',
    error: toServerError(status, body, toFailed(request, response)),
    again: COME_BACK.has(status) || body.code === 'idempotency.in_progress',
    retryAfter: headers.get('retry-after'),
  };
}

async function readJson(request: ClientRequest, response: Response): Promise<unknown> {
  const text = await response.text();
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    const failed = toFailed(request, response);
    throw new BadAnswerError(`${failed.request}: the answer is not JSON`, failed, { cause });
  }
}

function toNoAnswer(request: ClientRequest, cause: unknown, isLate: boolean): NoAnswerError {
  const failed = toFailed(request, null);
  if (isLate) return new TimedOutError(`${failed.request}: no answer in time`, failed, { cause });
  return new NoAnswerError(`${failed.request}: no answer: ${reasonOf(cause)}`, failed, { cause });
}

/** fetch says "fetch failed", and its cause says why. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && error.cause.message !== '' ? error.cause.message : error.message;
}

function toFailed({ method, path }: ClientRequest, response: Response | null): FailedRequest {
  return { request: `${method} ${path}`, requestId: response?.headers.get('x-request-id') ?? null };
}

function toQuery(query: object = {}): string {
  const all = new URLSearchParams();
  for (const [name, value] of Object.entries(query) as [string, unknown][]) {
    for (const item of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (typeof item === 'string' || typeof item === 'number' || typeof item === 'boolean') {
        all.append(name, String(item));
      }
    }
  }
  const text = all.toString();
  return text === '' ? '' : `?${text}`;
}
