import type { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { BfmError, nameVariables } from '@bfm/core';
import pg from 'pg';
import { describeAddress, type PostgresAddress } from './connection-address.ts';

/** The part of pg's connection that its types leave out. */
interface WireConnection extends EventEmitter {
  readonly stream: Socket;
}

/** A client that remembers whether the server took the options that guard its sessions: it reports this one by itself. */
export class GuardedClient extends pg.Client {
  /** Whether the session is read-only outside of explicit transactions. */
  isGuarded = false;
  #answeredBytes = 0;

  constructor(config?: pg.ClientConfig) {
    super(config);
    const { connection } = this as unknown as { readonly connection: WireConnection };
    // The driver leaves a connection open on which it cannot log in, until the server's own deadline of a minute.
    connection.on('error', () => connection.stream.destroy());
    this.on('drain', () => {
      this.noteAnswered();
    });
    connection.on('parameterStatus', (status: { parameterName: string; parameterValue: string }) => {
      if (status.parameterName === 'default_transaction_read_only') {
        this.isGuarded = status.parameterValue === 'on';
      }
    });
  }

  /** What it is connected by; another one once TLS is agreed on. */
  get stream(): Socket {
    return (this as unknown as { readonly connection: WireConnection }).connection.stream;
  }

  /** How much was written when all that was asked had been answered. */
  get answeredBytes(): number {
    return this.#answeredBytes;
  }

  /** Nothing that was asked is without an answer. */
  noteAnswered(): void {
    this.#answeredBytes = this.stream.bytesWritten;
  }
}

/**
 * Whether another backend works for a client than the one that answered it: a pooler gives its clients keys of its own
 * to cancel with, and the number in them is no backend's.
 */
export function isAnotherBackend(client: pg.ClientBase, pid: number): boolean {
  const processID = backendOf(client);
  return processID !== 0 && processID !== pid;
}

/** The backend that a client was told works for it; 0: it was not told. Behind a pooler the number is no backend's. */
export function backendOf(client: pg.ClientBase): number {
  const { processID } = client as unknown as { readonly processID: number | null };
  return processID ?? 0;
}

/** The error for a pooler that nobody said is there. */
export function poolerFound(to: PostgresAddress, sign: string): BfmError {
  const address = describeAddress(to);
  return new BfmError('target.pooled', {
    message: `a pooler such as PgBouncer answers at ${address} (${sign}), and the locks and guards of a session do not hold behind one; nothing was changed`,
    details: { address },
    next: nameVariables(SAY_POOLED, to.advice.connections),
  });
}

const SAY_POOLED =
  'set {CONN}_POOLED=true, and {CONN}_DIRECT_URL to the way past it for statements outside of transactions; or connect to the server itself';
