/** The origins whose pages may read answers; `*` is all of them. Empty: none. */
export type CorsOrigins = readonly string[];

const SHARED = {
  'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE, OPTIONS',
  'access-control-allow-headers':
    'Authorization, Content-Type, Idempotency-Key, Last-Event-ID, X-Client-Type, X-Request-Id, X-Requested-With',
  'access-control-expose-headers': 'Retry-After, X-Request-Id',
  'access-control-max-age': '86400',
};

/** What an answer to a page of this origin carries. Tokens are sent in a header, so that nobody needs credentials allowed. */
export function toCorsHeaders(
  origins: CorsOrigins,
  origin: string | undefined,
): Readonly<Record<string, string>> {
  const any = origins.includes('*');
  const vary: Record<string, string> = any || origins.length === 0 ? {} : { vary: 'Origin' };
  if (origin === undefined || !(any || origins.includes(origin))) return vary;
  return { ...SHARED, ...vary, 'access-control-allow-origin': any ? '*' : origin };
}
