/** One event of a stream of server-sent events. */
export interface StreamedEvent {
  readonly id: string;
  readonly type: string;
  readonly data: string;
}

/** An event is never longer than what the server keeps of one (64 KiB) and some; what is, is no event of ours. */
const EVENT_CHARACTERS_MAX = 1_000_000;

/**
 * Takes the texts of a `text/event-stream` apart (WHATWG HTML, 9.2.6): events without data are none, comments are passed over.
 * An event that the stream breaks off in is not given.
 *
 * @throws RangeError for an event of more than a million characters
 */
export async function* readEventStream(
  bytes: ReadableStream<Uint8Array>,
): AsyncGenerator<StreamedEvent, void> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of bytes) {
    rest += decoder.decode(chunk, { stream: true });
    // A CR at the end may be half of a line end.
    const lastEnd = rest.endsWith('\r') ? rest.length - 1 : rest.length;
    const blocks = rest.slice(0, lastEnd).split(/\r\n\r\n|\n\n|\r\r/);
    rest = (blocks.pop() ?? '') + rest.slice(lastEnd);
    if (rest.length > EVENT_CHARACTERS_MAX) {
      throw new RangeError('an event is longer than a million characters');
    }
    for (const block of blocks) {
      const event = parseBlock(block);
      if (event !== null) yield event;
    }
  }
}

function parseBlock(block: string): StreamedEvent | null {
  let id = '';
  let type = 'message';
  const data: string[] = [];
  for (const line of block.split(/\r\n|\n|\r/)) {
    const colon = line.indexOf(':');
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'data') data.push(value);
    else if (field === 'event') type = value;
    else if (field === 'id') id = value;
  }
  return data.length === 0 ? null : { id, type, data: data.join('\n') };
}
