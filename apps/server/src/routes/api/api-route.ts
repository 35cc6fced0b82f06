import type { JsonSchema, Route, RouteAnswer, RouteRequest } from '../../http/route.ts';
import type { Identity } from '../request-caller.ts';
import { ERROR } from '../schema-parts.ts';

/** An answer of a route: what it is like, and one as an example. */
export interface DescribedAnswer {
  readonly schema: JsonSchema;
  readonly example: unknown;
}

/** A route of the newer API, as it is written down. */
export interface ApiRoute {
  readonly method: Route<Identity>['method'];
  /** Behind `/api/v1`. */
  readonly path: string;
  readonly permission: 'read' | 'change';
  readonly id: string;
  readonly summary: string;
  readonly group: string;
  readonly params?: JsonSchema;
  readonly query?: JsonSchema;
  readonly body?: DescribedAnswer;
  /** A body may be left out. @default false */
  readonly bodyIsOptional?: boolean;
  readonly answers: Readonly<Record<number, DescribedAnswer>>;
  readonly handle: (request: RouteRequest<Identity>) => Promise<RouteAnswer>;
}

/** The errors that any of these routes may answer with. */
const ERRORS: Readonly<Record<string, DescribedAnswer>> = {
  400: refusal(
    'request.invalid',
    'body/steps: must be integer',
    'Mend the request and send it again; nothing was done.',
  ),
  401: refusal('auth.missing', 'missing Authorization header', 'Send `Authorization: Bearer` and a token.'),
};

/** Makes a route of it: errors are `{"error": {"code", "message", "details", "next"}}`, unknown fields are refused. */
export function toApiRoute(written: ApiRoute): Route<Identity> {
  const { method, path, permission, id, summary, group, params, query, body, handle } = written;
  const answers = Object.entries<DescribedAnswer>({ ...ERRORS, ...written.answers });
  return {
    method,
    path: `/api/v1${path}`,
    permission,
    v1: false,
    ...(written.bodyIsOptional === true ? { badBody: 'ignore' as const } : {}),
    schemas: {
      ...(params === undefined ? {} : { params }),
      ...(query === undefined ? {} : { query }),
      ...(body === undefined ? {} : { body: body.schema }),
      answers: Object.fromEntries(answers.map(([status, { schema }]) => [status, schema])),
    },
    doc: {
      id,
      summary,
      group,
      ...(body === undefined ? {} : { bodyExample: body.example }),
      answerExamples: Object.fromEntries(answers.map(([status, { example }]) => [status, example])),
    },
    handler: handle,
  };
}

/** An error as an answer. */
export function refusal(code: string, message: string, next: string): DescribedAnswer {
  return { schema: ERROR, example: { error: { code, message, details: {}, next } } };
}

/** The Idempotency-Key of a request; `null`: none. */
export function keyOf({ headers }: RouteRequest<Identity>): string | null {
  const key = headers['idempotency-key'];
  return typeof key === 'string' ? key : null;
}
