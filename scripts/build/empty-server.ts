import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';

/** A server that speaks PostgreSQL's protocol and answers every question with no rows. */
export interface EmptyServer {
  readonly port: number;
  readonly close: () => void;
}

/** What follows each kind of message of a client. */
const ANSWERS: Readonly<Record<string, readonly Buffer[]>> = {
  Q: [message('T', Buffer.alloc(2)), message('C', text('SELECT 0')), ready()],
  P: [message('1')],
  B: [message('2')],
  D: [message('n')],
  E: [message('C', text('SELECT 0'))],
  S: [ready()],
};
const WELCOME = [message('R', Buffer.alloc(4)), message('S', text('server_version'), text('18.0')), ready()];

/** Starts it on this machine only; it lets any number of clients in, without a password. */
export async function startEmptyServer(): Promise<EmptyServer> {
  const server = createServer(serve).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { port, close: () => server.close() };
}

function serve(socket: Socket): void {
  let received = Buffer.alloc(0);
  let isWelcome = false;
  socket.on('data', (chunk) => {
    received = Buffer.concat([received, chunk]);
    for (;;) {
      // Only the first message of a client has no letter before its length.
      const head = isWelcome ? 1 : 0;
      if (received.length < head + 4) return;
      const end = head + received.readUInt32BE(head);
      if (received.length < end) return;
      const answer = isWelcome ? (ANSWERS[received.toString('latin1', 0, 1)] ?? []) : WELCOME;
      isWelcome = true;
      received = received.subarray(end);
      socket.write(Buffer.concat(answer));
    }
  });
  socket.on('error', () => socket.destroy());
}

function message(kind: string, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const head = Buffer.from(`${kind}    `, 'latin1');
  head.writeUInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

function text(value: string): Buffer {
  return Buffer.from(`${value}\0`, 'utf8');
}

function ready(): Buffer {
  return message('Z', Buffer.from('I'));
}
