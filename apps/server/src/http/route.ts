import type { RequestActor } from './request-actor.ts';

/** What a caller must be allowed to do. `open` needs no caller at all. */
export type RouteAccess = 'open' | 'read' | 'change';

/** A JSON Schema (2020-12), written by hand or made by TypeBox. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** What a route takes and gives. A request is held to it; answers are described by it, and not cut to it. */
export interface RouteSchemas {
  readonly params?: JsonSchema;
  readonly query?: JsonSchema;
  readonly body?: JsonSchema;
  /** By status. */
  readonly answers?: Readonly<Record<string, JsonSchema>>;
}

/** What people read of a route, and programs make clients of. */
export interface RouteDoc {
  /** Unique; clients call their method so. */
  readonly id: string;
  /** One line. */
  readonly summary: string;
  /** What it is listed under. */
  readonly group: string;
  /** Bodies that its schema takes. */
  readonly bodyExample?: unknown;
  /** One for each status in its schemas; a body that the schema describes. */
  readonly answerExamples?: Readonly<Record<string, unknown>>;
}

/** A request that was let in and is of the shape that its route asks for. */
export interface RouteRequest<Caller> {
  /** `null` on open routes. */
  readonly caller: Caller | null;
  readonly actor: RequestActor;
  readonly requestId: string;
  readonly address: string;
  readonly method: string;
  /** The pattern, not the path that was asked for. */
  readonly endpoint: string;
  /** Without the query. */
  readonly path: string;
  readonly params: unknown;
  readonly query: unknown;
  /** `undefined` when there is none. */
  readonly body: unknown;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** What belongs to the request is traced under this (W3C Trace Context); `null`: nobody traces. */
  readonly traceparent: string | null;
  /** Aborted when nobody waits for the answer any more, or the server must end. */
  readonly signal: AbortSignal;
}

/** One event of a stream. */
export interface ServerEvent {
  /** What a client that comes back sends as Last-Event-ID. */
  readonly id: string;
  readonly type: string;
  readonly data: unknown;
}

/** What a handler gives: a body, or events for as long as there are any. */
export type RouteAnswer =
  | {
      readonly status: number;
      /** A text or bytes are sent as they are, anything else as JSON; `undefined` sends none. */
      readonly body?: unknown;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | { readonly events: AsyncIterable<ServerEvent> };

/** One route. A server is given all of them as a list: what must hold for each is then checked in one place. */
export interface Route<Caller> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** As fastify has them: `/api/v1/runs/:id`. */
  readonly path: string;
  readonly permission: RouteAccess;
  readonly schemas: RouteSchemas;
  readonly doc: RouteDoc;
  /** A route of BFM v1: its errors are `{"error": text}`, unknown fields are ignored, and the content type is not looked at. */
  readonly v1: boolean;
  /** An open route that tells more to whoever may read; a token that is not accepted is as good as none. @default false */
  readonly recognises?: boolean;
  /** What to do with a body that is missing or cannot be read. @default 'refuse' */
  readonly badBody?: 'refuse' | 'ignore';
  readonly handler: (request: RouteRequest<Caller>) => RouteAnswer | Promise<RouteAnswer>;
}
