import pg from 'pg';
import type { Answer, Notice } from '../pipeline.ts';
import { GroupQuery, type GroupListener, type WireField } from './group-query.ts';
import { MessageWriter, type WireMessage } from './message-writer.ts';

/** A message of an {@link Exchange}. */
export interface ExchangeMessage extends WireMessage {
  /** Its answer is wanted at once, not only with the last of its group. */
  readonly flush: boolean;
  /** Must not take effect unless all before it in its group did: never the first of a group. */
  readonly joined: boolean;
}

/** Is told of messages as they leave, not only of their answers. */
export interface SendWatch<T> {
  /** The message is in what is written next. */
  readonly sending: (message: T) => void;
  /** It was handed to the system. */
  readonly sent: (message: T) => void;
}

/** Who hears of messages. */
interface Hearing<T> extends SendWatch<T> {
  readonly hear: (message: T, answer: Answer) => void;
}

const UNWATCHED: SendWatch<unknown> = { sending: () => undefined, sent: () => undefined };

/** A group ends once it holds so much; two groups are under way at most, however many messages there are. */
const GROUP_BYTES = 64 * 1_024;
const GROUP_MESSAGES = 256;
const GROUPS_UNDER_WAY = 2;

/**
 * Sends messages in groups that the server reads in one go and answers together. After a message that failed it passes
 * over the rest of its group: nothing that was sent behind an error takes effect there.
 */
export class Exchange implements Disposable {
  readonly #client: pg.ClientBase;
  readonly #nowMs: () => number;
  readonly #writer = new MessageWriter();
  readonly #onNotice: (notice: Notice) => void;
  #notices: Notice[] = [];

  constructor(client: pg.ClientBase, nowMs: () => number) {
    this.#client = client;
    this.#nowMs = nowMs;
    this.#onNotice = (notice) => this.#notices.push(notice);
    client.on('notice', this.#onNotice);
  }

  /**
   * Sends messages and has each answer heard the moment it comes, the failed one's too; what the server passed over is
   * not heard. Takes further messages only while none failed.
   *
   * @returns the first error; `null` when all went well
   */
  async run<T extends ExchangeMessage>(
    messages: Iterable<T>,
    hear: (message: T, answer: Answer) => void,
    watch: SendWatch<T> = UNWATCHED,
  ): Promise<unknown> {
    const hearing = { hear, ...watch };
    const source = new Lookahead(messages[Symbol.iterator]());
    const underWay: Promise<unknown>[] = [];
    let failed: unknown = null;
    while (failed === null) {
      const group = this.#fill(source);
      if (group.length === 0) break;
      underWay.push(this.#send(group, hearing));
      if (underWay.length === GROUPS_UNDER_WAY) failed = await underWay.shift();
    }
    for (const rest of underWay) {
      const error = await rest;
      failed ??= error;
    }
    return failed;
  }

  /** Stops listening for notices. */
  [Symbol.dispose](): void {
    this.#client.off('notice', this.#onNotice);
  }

  #fill<T extends ExchangeMessage>(source: Lookahead<T>): readonly T[] {
    const group: T[] = [];
    for (let next = source.peek(); next !== null; next = source.peek()) {
      const isFull = group.length >= GROUP_MESSAGES || this.#writer.length >= GROUP_BYTES;
      if (isFull && !next.joined) break;
      source.take();
      group.push(next);
      this.#writer.command(next);
      if (next.flush) this.#writer.flush();
    }
    if (group.length > 0) this.#writer.sync();
    return group;
  }

  #send<T extends ExchangeMessage>(group: readonly T[], hearing: Hearing<T>): Promise<unknown> {
    const bytes = this.#writer.take();
    return new Promise((resolve) => {
      this.#client.query(new GroupQuery(bytes, this.#listen(group, hearing, resolve)));
    });
  }

  #listen<T extends ExchangeMessage>(
    group: readonly T[],
    { hear, sending, sent }: Hearing<T>,
    resolve: (error: unknown) => void,
  ): GroupListener {
    let position = 0;
    let fields: readonly WireField[] = [];
    let firstRow: Answer['firstRow'] = null;
    const answered = (error: unknown, command: string): void => {
      const message = group[position];
      position += 1;
      const answer = { error, command, firstRow, notices: this.#notices, atMs: this.#nowMs() };
      fields = [];
      firstRow = null;
      if (this.#notices.length > 0) this.#notices = [];
      if (message !== undefined) hear(message, answer);
    };
    return {
      described: (found) => (fields = found),
      row: (values) => {
        if (fields.length > 0) firstRow ??= toRow(fields, values);
      },
      completed: (command) => {
        answered(null, command);
      },
      ended: (error) => {
        if (error !== null) answered(error, '');
        resolve(error);
      },
      sending: () => {
        for (const message of group) sending(message);
      },
      sent: () => {
        for (const message of group) sent(message);
      },
    };
  }
}

/** Shows what an iterator gives next before it is taken. */
class Lookahead<T> {
  readonly #source: Iterator<T>;
  #next: T | null = null;

  constructor(source: Iterator<T>) {
    this.#source = source;
  }

  /** `null`: nothing is left. */
  peek(): T | null {
    if (this.#next !== null) return this.#next;
    const next = this.#source.next();
    this.#next = next.done === true ? null : next.value;
    return this.#next;
  }

  take(): void {
    this.#next = null;
  }
}

function toRow(
  fields: readonly WireField[],
  values: readonly (string | null)[],
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    fields.map(({ name, dataTypeID }, column) => {
      const value = values[column] ?? null;
      return [name, value === null ? null : parserOf(dataTypeID)(value)];
    }),
  );
}

type Parser = (text: string) => unknown;

function parserOf(dataTypeID: number): Parser {
  const types = pg.types as { getTypeParser(id: number, format: 'text'): Parser };
  return types.getTypeParser(dataTypeID, 'text');
}
