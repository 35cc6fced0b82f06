import { describe, expect, it } from 'vitest';
import { echo, sendRaw, useHttpServer } from './support/use-http-server.ts';

const HEAD = 'Host: x\r\nAuthorization: Bearer admin-token\r\nContent-Type: application/json\r\n';
/** What somebody would like a server to take for a request of somebody else. */
const INNER = `GET /api/v1/inner HTTP/1.1\r\n${HEAD}\r\n`;

/** Headers about lengths that two servers could read in two ways, and what follows them. */
const PAIRS: readonly (readonly [what: string, headers: string, body: string])[] = [
  ['a length and chunks', 'Content-Length: 4\r\nTransfer-Encoding: chunked\r\n', `0\r\n\r\n${INNER}`],
  [
    'chunks and a length',
    `Transfer-Encoding: chunked\r\nContent-Length: ${INNER.length}\r\n`,
    `0\r\n\r\n${INNER}`,
  ],
  ['two lengths', `Content-Length: 2\r\nContent-Length: ${INNER.length + 2}\r\n`, `{}${INNER}`],
  ['a list of lengths', `Content-Length: 2, ${INNER.length + 2}\r\n`, `{}${INNER}`],
  ['a length with a sign', 'Content-Length: +2\r\n', `{}${INNER}`],
  ['a negative length', 'Content-Length: -1\r\n', `{}${INNER}`],
  ['a hexadecimal length', 'Content-Length: 0x2\r\n', `{}${INNER}`],
  ['a length beyond numbers', 'Content-Length: 99999999999999999999\r\n', `{}${INNER}`],
  ['an unknown coding', `Transfer-Encoding: xchunked\r\nContent-Length: 2\r\n`, `{}${INNER}`],
  ['a coding that is not the last', 'Transfer-Encoding: chunked, identity\r\n', `0\r\n\r\n${INNER}`],
  ['a coding twice', 'Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n', `0\r\n\r\n${INNER}`],
  ['a coding behind a space', 'Transfer-Encoding : chunked\r\nContent-Length: 2\r\n', `{}${INNER}`],
  ['a coding on a folded line', 'Transfer-Encoding:\r\n chunked\r\nContent-Length: 2\r\n', `{}${INNER}`],
  ['a coding with a vertical tab', 'Transfer-Encoding: \vchunked\r\nContent-Length: 2\r\n', `{}${INNER}`],
  [
    'a size of a chunk beyond numbers',
    'Transfer-Encoding: chunked\r\n',
    `fffffffffffffffff\r\n{}\r\n0\r\n\r\n${INNER}`,
  ],
  ['a size of a chunk that is none', 'Transfer-Encoding: chunked\r\n', `2;\u0000\r\n{}\r\nx\r\n\r\n${INNER}`],
  ['a chunk that is longer than it says', 'Transfer-Encoding: chunked\r\n', `1\r\n{}\r\n0\r\n\r\n${INNER}`],
  ['lines that end with LF only', 'Content-Length: 2\nX: y\n', `{}${INNER}`],
  ['a line that ends with CR only', 'X: y\rContent-Length: 0\r\n', INNER],
  ['a NUL in a header', 'X: a\0b\r\nContent-Length: 2\r\n', `{}${INNER}`],
  ['a header without a name', ': y\r\nContent-Length: 2\r\n', `{}${INNER}`],
];

/** A server that notes which of its two routes were called. */
async function useNotingServer(): Promise<{ readonly port: number; readonly seen: readonly string[] }> {
  const seen: string[] = [];
  const handler = ({
    path,
  }: {
    readonly path: string;
  }): { readonly status: number; readonly body: unknown } => {
    seen.push(path);
    return { status: 200, body: {} };
  };
  const { server } = await useHttpServer({
    routes: [
      echo({ path: '/api/v1/outer', v1: true, handler }),
      echo({ path: '/api/v1/inner', v1: true, method: 'GET', schemas: {}, permission: 'read', handler }),
    ],
    limits: { headersTimeoutMs: 300, requestTimeoutMs: 300, keepAliveMs: 300 },
  });
  return { port: server.port, seen };
}

const outer = (headers: string, body: string): string =>
  `POST /api/v1/outer HTTP/1.1\r\n${HEAD}${headers}\r\n${body}`;

describe('a request that says its length', () => {
  it('in one way: what is behind it is the next request', async () => {
    const { port, seen } = await useNotingServer();
    await sendRaw(port, outer('Content-Length: 2\r\n', `{}${INNER}`));
    expect(seen).toEqual(['/api/v1/outer', '/api/v1/inner']);
  });

  it.each(PAIRS)(
    'in %s: is refused, and nothing behind it is taken for one',
    async (_what, headers, body) => {
      const { port, seen } = await useNotingServer();
      const said = await sendRaw(port, outer(headers, body));
      expect(seen).not.toContain('/api/v1/inner');
      expect(said).not.toContain(' 200 ');
      expect(said).toMatch(/^$|^HTTP\/1\.1 (?:400|408|413|431) /);
    },
  );
});
