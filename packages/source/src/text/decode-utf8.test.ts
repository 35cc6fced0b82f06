import { describe, expect, it } from 'vitest';
import { decodeUtf8 } from './decode-utf8.ts';

const utf16be = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();

describe('decodeUtf8', () => {
  it.each<[string, string]>([
    ['\ufeffSELECT 1', 'SELECT 1'],
    ['a\r\nb\rc\nd\r\r\ne\r', 'a\nb\nc\nd\n\ne\n'],
    ['é☃😀 \u2028 \u202e \x07', 'é☃😀 \u2028 \u202e \x07'],
    ['\ufffd is itself a character', '\ufffd is itself a character'],
    ['', ''],
  ])('reads %j', (text, expected) => {
    expect(decodeUtf8(Buffer.from(text))).toEqual({ ok: true, text: expected });
  });

  it.each<[string, Buffer, string, number]>([
    [
      'UTF-16LE with BOM',
      Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('SELECT 1', 'utf16le')]),
      'UTF-16LE',
      0,
    ],
    ['UTF-16BE with BOM', Buffer.concat([Buffer.from([0xfe, 0xff]), utf16be('SELECT 1')]), 'UTF-16BE', 0],
    ['UTF-16LE without BOM', Buffer.from('SELECT 1', 'utf16le'), 'UTF-16LE', 1],
    ['UTF-16BE without BOM', utf16be('SELECT 1'), 'UTF-16BE', 0],
    ['Latin-1', Buffer.from('SELECT é', 'latin1'), 'ISO-8859-1', 7],
    ['a cut-off character', Buffer.from('abc é').subarray(0, 5), 'ISO-8859-1', 4],
    ['an overlong form', Buffer.from([0x61, 0xc0, 0x80]), 'ISO-8859-1', 1],
    ['a lone surrogate', Buffer.from([0x61, 0xed, 0xa0, 0x80]), 'ISO-8859-1', 1],
    [
      'a fault after a real U+FFFD',
      Buffer.concat([Buffer.from('é\ufffd'), Buffer.from([0xff])]),
      'ISO-8859-1',
      5,
    ],
  ])('refuses %s at its byte', (...[, bytes, encoding, byte]) => {
    expect(decodeUtf8(bytes)).toEqual({
      ok: false,
      byte,
      reason: `not UTF-8 at byte ${byte}`,
      mend: `convert it with \`iconv -f ${encoding} -t UTF-8\`, if ${encoding} is what it is in`,
    });
  });

  it('refuses a NUL as such', () => {
    expect(decodeUtf8(Buffer.from('SELECT 1;\0'))).toMatchObject({
      ok: false,
      byte: 9,
      reason: 'NUL character at byte 9',
    });
  });
});
