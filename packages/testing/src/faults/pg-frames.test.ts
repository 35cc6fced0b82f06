import { describe, expect, it } from 'vitest';
import { CommitTrace } from './commit-trace.ts';
import { asksForEncryption, PgFrames, sqlOf, tagOf, type PgFrame } from './pg-frames.ts';

function message(type: string, body: string): Buffer {
  const bytes = Buffer.from(body, 'utf8');
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeInt32BE(bytes.length + 4, 1);
  return Buffer.concat([head, bytes]);
}

function startup(code: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeInt32BE(8);
  bytes.writeInt32BE(code, 4);
  return bytes;
}

function frame(type: string, body: string): PgFrame {
  return { type, bytes: message(type, body) };
}

describe('PgFrames', () => {
  const stream = [
    startup(196_608),
    message('Q', 'SELECT é\0'),
    message('P', '\0COMMIT\0\0\0'),
    message('X', ''),
  ];

  it.each([1, 2, 3, 5, 7, 1_000])('gives whole messages when they come in pieces of %i bytes', (size) => {
    const frames = new PgFrames('client');
    const all = Buffer.concat(stream);
    const found: PgFrame[] = [];
    for (let at = 0; at < all.length; at += size) found.push(...frames.push(all.subarray(at, at + size)));
    expect(found.map(({ type }) => type)).toEqual(['', 'Q', 'P', 'X']);
    expect(Buffer.concat(found.map(({ bytes }) => bytes))).toEqual(all);
    expect(found.map(sqlOf)).toEqual([null, 'SELECT é', 'COMMIT', null]);
  });

  it('knows the byte that refuses TLS from a message, and gives up when TLS is agreed to', () => {
    const [asks = startup(0)] = new PgFrames('client').push(startup(80_877_103)).map((found) => found.bytes);
    expect(asksForEncryption({ type: '', bytes: asks })).toBe(true);
    const frames = new PgFrames('server');
    frames.expectUntyped();
    const found = frames.push(Buffer.concat([Buffer.from('N'), message('C', 'BEGIN\0')]));
    expect(found.map(({ type }) => type)).toEqual(['', 'C']);
    expect(found.map(tagOf)).toEqual([null, 'BEGIN']);
    const agreed = new PgFrames('server');
    agreed.expectUntyped();
    expect(() => agreed.push(Buffer.from('S'))).toThrow(/sslmode=disable/);
  });
});

describe('CommitTrace', () => {
  it('tells COMMITs of both protocols with what was said before them, and pairs replies', () => {
    const trace = new CommitTrace();
    expect(trace.sent(frame('P', '\0INSERT 1\0\0\0'))).toBeNull();
    expect(trace.sent(frame('P', '\0COMMIT AND CHAIN\0\0\0'))).toEqual({ at: 'request', said: ['INSERT 1'] });
    expect(trace.sent(frame('Q', 'DO $$ BEGIN x; END $$\0'))).toBeNull();
    expect(trace.sent(frame('Q', 'commit\0'))?.said).toEqual(['DO $$ BEGIN x; END $$']);
    expect(trace.answered(frame('C', 'COMMIT\0'))).toEqual({ at: 'reply', said: ['INSERT 1'] });
    expect(trace.answered(frame('C', 'INSERT 0 1\0'))).toBeNull();
    expect(trace.answered(frame('C', 'COMMIT\0'))?.said).toHaveLength(1);
  });

  it('takes a ROLLBACK for the end of what was said, and for no COMMIT', () => {
    const trace = new CommitTrace();
    trace.sent(frame('Q', 'INSERT 1\0'));
    expect(trace.sent(frame('Q', 'ROLLBACK\0'))).toBeNull();
    expect(trace.sent(frame('Q', 'COMMIT\0'))).toEqual({ at: 'request', said: [] });
  });
});
