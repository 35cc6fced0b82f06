import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  type IncomingHttpHeaders,
} from 'node:http2';
import { onTestFinished } from 'vitest';

/** What a raw call sends. */
export interface RawCallOptions {
  /** `/package.Service/Method`. */
  readonly path: string;
  /** The value of the header; `null` sends none. */
  readonly authorization: string | null;
  /** The deadline, in gRPC's words: `500m` is half a second. */
  readonly timeout?: string;
}

/** A call without any gRPC library, by somebody who reads only when told to. */
export interface RawCall {
  readonly session: ClientHttp2Session;
  readonly stream: ClientHttp2Stream;
  /** The `grpc-status` that the call ends with. */
  readonly status: Promise<string>;
}

/** Sends an empty message to a method. The connection ends with the test. */
export function startRawCall(port: number, { path, authorization, timeout }: RawCallOptions): RawCall {
  const session = connect(`http://127.0.0.1:${port}`);
  onTestFinished(() => {
    session.destroy();
  });
  session.on('error', () => undefined);
  const stream = session.request({
    ':method': 'POST',
    ':path': path,
    'content-type': 'application/grpc',
    te: 'trailers',
    ...(authorization === null ? {} : { authorization }),
    ...(timeout === undefined ? {} : { 'grpc-timeout': timeout }),
  });
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  // Whoever cuts the call off does not ask how it ended.
  promise.catch(() => undefined);
  stream.on('error', reject);
  stream.on('response', (headers) => {
    if (headers['grpc-status'] !== undefined) resolve(String(headers['grpc-status']));
  });
  stream.on('trailers', (trailers: IncomingHttpHeaders) => {
    resolve(String(trailers['grpc-status']));
  });
  // No compression, a length of 0.
  stream.end(Buffer.alloc(5));
  return { session, stream, status: promise };
}
