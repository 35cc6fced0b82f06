import { connect } from 'node:net';
import { onTestFinished } from 'vitest';

/** Length (3 bytes), kind, flags, stream (4 bytes), contents. */
function frame(kind: number, [flags, stream]: readonly [number, number], contents: Buffer): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(contents.length, 0, 3);
  head.writeUInt8(kind, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, contents]);
}

/** A literal header that is not indexed, its texts below 127 bytes and as they are. */
function header([name, value]: readonly [string, string]): Buffer {
  return Buffer.from([0, name.length, ...Buffer.from(name), value.length, ...Buffer.from(value)]);
}

/** Sends a gRPC call with headers that no client library would send, put together by hand. */
export function sendHeaders(port: number, headers: readonly (readonly [string, string])[]): void {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => {
    socket.destroy();
  });
  socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
  socket.write(frame(4, [0, 0], Buffer.alloc(0)));
  socket.write(frame(1, [4, 1], Buffer.concat(headers.map(header))));
  // An empty message, and the end of the stream.
  socket.write(frame(0, [1, 1], Buffer.alloc(5)));
}
