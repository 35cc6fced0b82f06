import pg from 'pg';

/** A column of an answer, as the driver tells it. */
export interface WireField {
  readonly name: string;
  readonly dataTypeID: number;
}

/** Hears the server's answers to one group of messages, in the order of the messages. */
export interface GroupListener {
  described(fields: readonly WireField[]): void;
  row(values: readonly (string | null)[]): void;
  /** One message is done; `command` is its tag. */
  completed(command: string): void;
  /** Nothing more comes: all messages are done, or the next one failed and the rest was passed over. */
  ended(error: unknown): void;
  /** The bytes are written next. */
  sending(): void;
  /** The bytes were handed to the system. */
  sent(): void;
}

/** The part of pg's connection that its types leave out. */
interface WireConnection {
  readonly stream: { write(bytes: Uint8Array, written: () => void): boolean };
}

/**
 * Bytes that were written elsewhere, as a query of the driver: it keeps the place of their answers among those of other
 * queries. The driver calls the `handle...` methods.
 */
export class GroupQuery extends pg.Query {
  override readonly submit: (connection: unknown) => void;
  readonly #listener: GroupListener;

  /** @param bytes messages of the extended protocol that end with one Sync */
  constructor(bytes: Uint8Array, listener: GroupListener) {
    super('');
    this.#listener = listener;
    this.submit = (connection) => {
      listener.sending();
      (connection as WireConnection).stream.write(bytes, () => {
        listener.sent();
      });
    };
  }

  handleRowDescription({ fields }: { readonly fields: readonly WireField[] }): void {
    this.#listener.described(fields);
  }

  handleDataRow({ fields }: { readonly fields: readonly (string | null)[] }): void {
    this.#listener.row(fields);
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    this.#listener.completed(text);
  }

  handleEmptyQuery(): void {
    this.#listener.completed('');
  }

  /** The message that follows makes the server give up, see `MessageWriter.sync`. */
  handleCopyInResponse(): void {
    // Nothing to send.
  }

  handleCopyData(): void {
    // Nobody reads it.
  }

  handleError(error: unknown): void {
    this.#listener.ended(error);
  }

  handleReadyForQuery(): void {
    this.#listener.ended(null);
  }
}
