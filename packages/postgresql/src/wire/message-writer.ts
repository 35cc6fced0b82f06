/** A message of the extended protocol: one command, never two. */
export interface WireMessage {
  readonly text: string;
  /** Bound as text to `$1`, `$2` and so on. */
  readonly values: readonly string[];
  /** Ask for the row's description, so that its values can be read. */
  readonly describe: boolean;
}

/**
 * Writes messages of PostgreSQL's extended protocol one behind the other, for a single write to the socket. What a
 * migration's messages cost the client is mostly this and the system calls.
 */
export class MessageWriter {
  #buffer = Buffer.allocUnsafe(4_096);
  #length = 0;

  /** Bytes written so far. */
  get length(): number {
    return this.#length;
  }

  /**
   * Parse, Bind and Execute, all unnamed; every one is answered by exactly one completion or error.
   *
   * @throws RangeError when a text holds NUL, which would end it early
   */
  command({ text, values, describe }: WireMessage): void {
    const parse = this.#begin(PARSE);
    this.#byte(0);
    this.#text(text);
    this.#int16(0);
    this.#end(parse);
    const bind = this.#begin(BIND);
    this.#int16(0);
    this.#int16(0);
    this.#int16(values.length);
    for (const value of values) this.#value(value);
    this.#int16(0);
    this.#end(bind);
    if (describe) this.#bytes(DESCRIBE_PORTAL);
    this.#bytes(EXECUTE_ALL);
  }

  /** Has the server send what it has answered so far. */
  flush(): void {
    this.#bytes(FLUSH);
  }

  /**
   * Ends a group: after an error the server passes over everything up to here. A COPY that waits for data would swallow
   * the Sync and wait for ever; on the Close before it, as on any other message, the server ends the connection.
   */
  sync(): void {
    this.#bytes(CLOSE_AND_SYNC);
  }

  /** Gives the bytes away and begins anew. */
  take(): Buffer {
    const taken = this.#buffer.subarray(0, this.#length);
    this.#buffer = Buffer.allocUnsafe(4_096);
    this.#length = 0;
    return taken;
  }

  #begin(code: number): number {
    this.#byte(code);
    this.#int32(0);
    return this.#length;
  }

  /** Fills in a message's length, which counts itself and not the code before it. */
  #end(start: number): void {
    this.#buffer.writeInt32BE(this.#length - start + 4, start - 4);
  }

  #value(value: string): void {
    this.#int32(0);
    const start = this.#length;
    this.#utf8(value);
    this.#buffer.writeInt32BE(this.#length - start, start - 4);
  }

  #text(text: string): void {
    if (text.includes('\0')) throw new RangeError('a command holds a NUL character');
    this.#utf8(text);
    this.#byte(0);
  }

  #utf8(text: string): void {
    // No character takes more than three bytes per UTF-16 unit; asking for the exact number would read the text twice.
    this.#reserve(text.length * 3);
    this.#length += this.#buffer.write(text, this.#length, 'utf8');
  }

  #byte(value: number): void {
    this.#reserve(1);
    this.#buffer[this.#length] = value;
    this.#length += 1;
  }

  #int16(value: number): void {
    this.#reserve(2);
    this.#length = this.#buffer.writeUInt16BE(value, this.#length);
  }

  #int32(value: number): void {
    this.#reserve(4);
    this.#length = this.#buffer.writeInt32BE(value, this.#length);
  }

  #bytes(bytes: Buffer): void {
    this.#reserve(bytes.length);
    this.#length += bytes.copy(this.#buffer, this.#length);
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#buffer.length) return;
    const grown = Buffer.allocUnsafe(Math.max(needed, this.#buffer.length * 2));
    this.#buffer.copy(grown, 0, 0, this.#length);
    this.#buffer = grown;
  }
}

const PARSE = 0x50;
const BIND = 0x42;
const DESCRIBE_PORTAL = Buffer.from([0x44, 0, 0, 0, 6, 0x50, 0]);
const EXECUTE_ALL = Buffer.from([0x45, 0, 0, 0, 9, 0, 0, 0, 0, 0]);
const FLUSH = Buffer.from([0x48, 0, 0, 0, 4]);
const CLOSE_AND_SYNC = Buffer.from([0x43, 0, 0, 0, 6, 0x50, 0, 0x53, 0, 0, 0, 4]);
