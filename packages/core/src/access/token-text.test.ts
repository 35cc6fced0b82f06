import { crc32 as nodeCrc32 } from 'node:zlib';
import { fc } from '@bfm/testing';
import { describe, expect, it } from 'vitest';
import { crc32 } from './crc32.ts';
import { formatToken, makeToken, parseToken, TOKEN_ID_BYTES, TOKEN_SECRET_BYTES } from './token-text.ts';

const bytes = (count: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: count, maxLength: count });
const token = fc
  .record({ id: bytes(TOKEN_ID_BYTES), secret: bytes(TOKEN_SECRET_BYTES) })
  .map((random) => makeToken('api', random));

describe('the text of a token', () => {
  it('has the checksum that zip has', () => {
    expect(crc32('123456789')).toBe(0xcb_f4_39_26);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii' }), (text) => {
        expect(crc32(text)).toBe(nodeCrc32(text));
      }),
    );
  });

  it('is read back as what it was made of', () => {
    fc.assert(
      fc.property(token, (made) => {
        const text = formatToken(made);
        expect(text).toMatch(/^bfm_api_[0-9a-z]{13}_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}$/);
        expect(parseToken(text)).toEqual(made);
      }),
    );
  });

  it('keeps every bit of chance', () => {
    const filled = (value: number): ReturnType<typeof makeToken> =>
      makeToken('api', { id: new Uint8Array(8).fill(value), secret: new Uint8Array(32).fill(value) });
    expect(formatToken(filled(0))).toContain(`_${'0'.repeat(13)}_${'0'.repeat(43)}_`);
    expect(filled(255).secret).not.toBe(filled(254).secret);
    fc.assert(
      fc.property(bytes(TOKEN_SECRET_BYTES), bytes(TOKEN_SECRET_BYTES), (one, other) => {
        const id = new Uint8Array(TOKEN_ID_BYTES);
        const isSame =
          makeToken('api', { id, secret: one }).secret === makeToken('api', { id, secret: other }).secret;
        expect(isSame).toBe(Buffer.compare(one, other) === 0);
      }),
    );
  });

  it('S1 is refused offline with any one character changed, added or left out', () => {
    const slip = fc.record({
      made: token,
      at: fc.nat(),
      character: fc.oneof(
        fc.constantFrom('_', '-', '.', ' ', '\n', '0', 'O', 'l', 'I'),
        fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
      ),
    });
    fc.assert(
      fc.property(slip, ({ made, at, character }) => {
        const text = formatToken(made);
        const place = at % text.length;
        fc.pre(text[place] !== character);
        expect(parseToken(text.slice(0, place) + character + text.slice(place + 1))).toBeNull();
        expect(parseToken(text.slice(0, place) + text.slice(place + 1))).toBeNull();
        expect(parseToken(`${text}${character}`)).toBeNull();
      }),
      { numRuns: 500 },
    );
  });

  it.each(['', 'bfm_', 'secret', 'bfm_api___', `bfm_api_${'a'.repeat(13)}_${'b'.repeat(43)}_000000`])(
    'is not %j',
    (text) => {
      expect(parseToken(text)).toBeNull();
    },
  );
});
