/** One message of PostgreSQL's protocol, whole, or one of the bytes and messages that have no type of their own. */
export interface PgFrame {
  /** The message's letter; empty for what opens a connection and for the one byte that answers a wish for TLS. */
  readonly type: string;
  /** All of it, as it goes over the wire. */
  readonly bytes: Buffer;
}

/** Cuts one direction of a stream into messages, wherever its chunks end. */
export class PgFrames {
  #rest: Buffer = Buffer.alloc(0);
  /** How many messages without a letter come first. */
  #untyped: number;
  readonly #from: 'client' | 'server';

  constructor(from: 'client' | 'server') {
    this.#from = from;
    this.#untyped = from === 'client' ? 1 : 0;
  }

  /** The server answers a wish for TLS with one byte; the client then opens the connection anew. */
  expectUntyped(): void {
    this.#untyped += 1;
  }

  /**
   * The messages that are complete with this chunk.
   *
   * @throws {Error} when the server agrees to TLS: nothing can be seen any more
   */
  push(chunk: Buffer): readonly PgFrame[] {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const frames: PgFrame[] = [];
    for (let length = this.#nextLength(); length !== null; length = this.#nextLength()) {
      const bytes = this.#rest.subarray(0, length);
      this.#rest = this.#rest.subarray(length);
      frames.push({ type: this.#typeOf(bytes), bytes });
    }
    return frames;
  }

  /** `null`: not all of it is there yet. */
  #nextLength(): number | null {
    const { length } = this.#rest;
    if (this.#untyped > 0 && this.#from === 'server') return length === 0 ? null : 1;
    const head = this.#untyped > 0 ? 0 : 1;
    if (length < head + 4) return null;
    const whole = head + this.#rest.readInt32BE(head);
    return length < whole ? null : whole;
  }

  #typeOf(bytes: Buffer): string {
    if (this.#untyped === 0) return String.fromCharCode(bytes[0] ?? 0);
    this.#untyped -= 1;
    if (this.#from === 'server' && bytes[0] !== REFUSES_TLS) {
      throw new Error('the proxy cannot look into TLS: connect with sslmode=disable');
    }
    return '';
  }
}

/** The client asks for TLS or GSS before it says who it is. */
export function asksForEncryption({ type, bytes }: PgFrame): boolean {
  return type === '' && bytes.length === 8 && ENCRYPTION.has(bytes.readInt32BE(4));
}

const REFUSES_TLS = 'N'.charCodeAt(0);
const ENCRYPTION: ReadonlySet<number> = new Set([80_877_103, 80_877_104]);

/** What a message of the client says in SQL: a simple query, or the text of a Parse. `null`: nothing. */
export function sqlOf({ type, bytes }: PgFrame): string | null {
  if (type === 'Q') return bytes.toString('utf8', 5, bytes.length - 1);
  if (type !== 'P') return null;
  const text = bytes.indexOf(0, 5) + 1;
  return bytes.toString('utf8', text, bytes.indexOf(0, text));
}

/** The tag of a CommandComplete of the server; `null` for any other message. */
export function tagOf({ type, bytes }: PgFrame): string | null {
  return type === 'C' ? bytes.toString('utf8', 5, bytes.length - 1) : null;
}
