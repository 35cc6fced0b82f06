import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** Where a PostgreSQL is that asks for passwords in clear text, refuses them, and repeats them in what it says. */
export async function useChattyPostgres(): Promise<{ readonly host: string; readonly port: number }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    socket.on('data', (bytes) => {
      answer(socket, bytes);
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
}

const SSL_REQUEST = 80_877_103;

function answer(socket: Socket, bytes: Buffer): void {
  if (bytes.length >= 8 && bytes.readInt32BE(4) === SSL_REQUEST) socket.write('N');
  else if (bytes[0] !== 0x70) socket.write(Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 3]));
  else {
    const password = bytes.subarray(5, -1).toString();
    socket.end(toError(`no entry for the password ${password} (${encodeURIComponent(password)})`));
  }
}

function toError(message: string): Buffer {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C28000\0M${message}\0D${message}\0\0`);
  const head = Buffer.alloc(5);
  head.write('E');
  head.writeInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
}
