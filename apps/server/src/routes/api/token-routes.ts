import {
  type ControlContext,
  createToken,
  type CreatedToken,
  listTokens,
  presentToken,
  revokeToken,
  rotateToken,
} from '@bfm/service';
import type { TokenRole } from '@bfm/engine';
import type { Route, RouteRequest } from '../../http/route.ts';
import { type Identity, toCaller } from '../request-caller.ts';
import { COUNT, list, nullable, object, oneOf, TEXT, TIME } from '../schema-parts.ts';
import { type ApiRoute, refusal, toApiRoute } from './api-route.ts';

const TOKEN = object({
  id: TEXT,
  name: TEXT,
  role: oneOf('admin', 'viewer'),
  prefix: TEXT,
  last_four: TEXT,
  created_by: TEXT,
  created_at: TIME,
  expires_at: TIME,
  last_used_at: nullable(TIME),
  revoked_at: nullable(TIME),
});
const TOKEN_EXAMPLE = {
  id: '3kT9vQ2xLm',
  name: 'ci',
  role: 'viewer',
  prefix: 'bfm_api_3kT9vQ2xLm',
  last_four: 'x9Qe',
  created_by: 'ann',
  created_at: '2026-11-23T09:00:00Z',
  expires_at: '2027-02-21T09:00:00Z',
  last_used_at: null,
  revoked_at: null,
};
const MADE = {
  schema: object({ token: TOKEN, text: { ...TEXT, description: 'Shown now and never again.' } }),
  example: { token: TOKEN_EXAMPLE, text: 'bfm_api_3kT9vQ2xLm_..._...' },
};
/** Milliseconds, at most a year. */
const LIFETIME = { ...COUNT, minimum: 1, maximum: 366 * 86_400_000 };
const GRACE = { ...COUNT, minimum: 0, maximum: 366 * 86_400_000 };
const NAMED = object({ named: { ...TEXT, minLength: 1, maxLength: 200 } });
const NO_TOKEN = refusal('token.not_found', 'there is no token ci', 'bfm token list shows those there are');
const TAKEN = refusal(
  'token.name_taken',
  'another valid token is called ci',
  'choose another name, or rotate that one',
);

/** The routes of tokens, all of them for admins. */
export function toTokenRoutes(control: ControlContext): readonly Route<Identity>[] {
  return [toList, toCreate, toRotate, toRevoke].map((make) => toApiRoute(make(control)));
}

function toList(control: ControlContext): ApiRoute {
  return {
    method: 'GET',
    path: '/tokens',
    permission: 'change',
    id: 'listTokens',
    summary: 'Lists tokens by name, revoked and expired ones too; no secret is in it. For admins',
    group: 'tokens',
    answers: { 200: { schema: object({ tokens: list(TOKEN) }), example: { tokens: [TOKEN_EXAMPLE] } } },
    handle: async (request) => {
      const tokens = await listTokens(toCaller(request), control);
      return { status: 200, body: { tokens: tokens.map(presentToken) } };
    },
  };
}

function toCreate(control: ControlContext): ApiRoute {
  return {
    method: 'POST',
    path: '/tokens',
    permission: 'change',
    id: 'createToken',
    summary:
      'Makes a token and tells its text, this once. It ends by itself, after 90 days unless said otherwise',
    group: 'tokens',
    body: {
      schema: object(
        { name: { ...TEXT, maxLength: 400 }, 'role?': oneOf('admin', 'viewer'), 'lifetime_ms?': LIFETIME },
        { additionalProperties: false },
      ),
      example: { name: 'ci', role: 'viewer' },
    },
    answers: { 201: MADE, 409: TAKEN },
    handle: async (request) => {
      const sent = request.body as {
        readonly name: string;
        readonly role?: TokenRole;
        readonly lifetime_ms?: number;
      };
      const { name, role = 'viewer', lifetime_ms: lifetimeMs = null } = sent;
      return toMade(await createToken({ name, role, lifetimeMs }, toCaller(request), control));
    },
  };
}

function toRotate(control: ControlContext): ApiRoute {
  return {
    method: 'POST',
    path: '/tokens/:named/rotate',
    permission: 'change',
    id: 'rotateToken',
    summary:
      'Makes a successor of a token, named by id or name; the old one goes on for 24 hours unless said otherwise',
    group: 'tokens',
    params: NAMED,
    body: {
      schema: object({ 'grace_ms?': GRACE, 'lifetime_ms?': LIFETIME }, { additionalProperties: false }),
      example: { grace_ms: 3_600_000 },
    },
    answers: { 201: MADE, 404: NO_TOKEN, 409: TAKEN },
    handle: async (request) => {
      const sent = request.body as { readonly grace_ms?: number; readonly lifetime_ms?: number };
      const { grace_ms: graceMs = null, lifetime_ms: lifetimeMs = null } = sent;
      const rotation = { named: namedOf(request), graceMs, lifetimeMs };
      return toMade(await rotateToken(rotation, toCaller(request), control));
    },
  };
}

function toRevoke(control: ControlContext): ApiRoute {
  return {
    method: 'POST',
    path: '/tokens/:named/revoke',
    permission: 'change',
    id: 'revokeToken',
    summary: 'Ends a token for good, named by id or name; within seconds every server refuses it',
    group: 'tokens',
    params: NAMED,
    answers: {
      200: {
        schema: object({ token: TOKEN }),
        example: { token: { ...TOKEN_EXAMPLE, revoked_at: '2026-11-23T10:00:00Z' } },
      },
      404: NO_TOKEN,
    },
    handle: async (request) => ({
      status: 200,
      body: { token: presentToken(await revokeToken(namedOf(request), toCaller(request), control)) },
    }),
  };
}

function toMade({ token, text }: CreatedToken): ReturnType<ApiRoute['handle']> {
  return Promise.resolve({ status: 201, body: { token: presentToken(token), text } });
}

function namedOf({ params }: RouteRequest<Identity>): string {
  return (params as { readonly named: string }).named;
}
