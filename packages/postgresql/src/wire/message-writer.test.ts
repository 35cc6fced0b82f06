import { describe, expect, it } from 'vitest';
import { MessageWriter } from './message-writer.ts';

/** Cuts bytes into messages by their lengths; what is left over would show as a last message without an end. */
function toMessages(bytes: Buffer): { readonly code: string; readonly body: Buffer }[] {
  const messages = [];
  for (let at = 0; at < bytes.length;) {
    const length = bytes.readInt32BE(at + 1);
    messages.push({
      code: String.fromCharCode(bytes[at] ?? 0),
      body: bytes.subarray(at + 5, at + 1 + length),
    });
    at += 1 + length;
  }
  return messages;
}

function plain(text: string): { text: string; values: string[]; describe: boolean } {
  return { text, values: [], describe: false };
}

describe('writing messages', () => {
  it('writes a command as Parse, Bind and Execute, all unnamed', () => {
    const writer = new MessageWriter();
    writer.command(plain('SELECT 1'));
    const messages = toMessages(writer.take());
    expect(messages.map(({ code }) => code).join('')).toBe('PBE');
    expect(messages[0]?.body).toEqual(Buffer.from('\0SELECT 1\0\0\0'));
    expect(messages[1]?.body).toEqual(Buffer.from('\0\0\0\0\0\0\0\0'));
    expect(messages[2]?.body).toEqual(Buffer.from('\0\0\0\0\0'));
  });

  it('binds values as text, counted in bytes', () => {
    const writer = new MessageWriter();
    writer.command({ text: 'SELECT $1, $2', values: ['é☃', ''], describe: true });
    const messages = toMessages(writer.take());
    expect(messages.map(({ code }) => code).join('')).toBe('PBDE');
    expect(messages[1]?.body).toEqual(Buffer.from('\0\0\0\0\0\x02\0\0\0\x05é☃\0\0\0\0\0\0'));
  });

  it('grows with what is written and begins anew once it is taken', () => {
    const writer = new MessageWriter();
    const texts = Array.from({ length: 500 }, (_, index) => `SELECT '${'ü'.repeat(index)}'`);
    for (const text of texts) writer.command(plain(text));
    writer.flush();
    writer.sync();
    const messages = toMessages(writer.take());
    const parsed = messages.filter(({ code }) => code === 'P').map(({ body }) => body.subarray(1, -3));
    expect(parsed.map(String)).toEqual(texts);
    expect(messages.slice(-3).map(({ code }) => code)).toEqual(['H', 'C', 'S']);
    expect(writer.length).toBe(0);
    expect(writer.take().length).toBe(0);
  });

  it('refuses a NUL, behind which the server would read something else', () => {
    expect(() => {
      new MessageWriter().command(plain("SELECT 'a\0b'"));
    }).toThrow(RangeError);
  });
});
