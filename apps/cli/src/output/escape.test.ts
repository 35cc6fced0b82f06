import { expect, it } from 'vitest';
import { escapeJson, escapeLine, escapeLines, squeeze } from './escape.ts';

it('writes out what would move the cursor, colour the line or turn it about', () => {
  expect(escapeLine('a\u001b[31mred\u0007\u202e\u2028\u009b')).toBe(
    'a\\u{1b}[31mred\\u{7}\\u{202e}\\u{2028}\\u{9b}',
  );
  expect(escapeLine('a\nb\tc\rd\u0000')).toBe('a\\nb\\tc\\rd\\u{0}');
  expect(escapeLine('zoë 日本 👍')).toBe('zoë 日本 👍');
});

it('keeps the lines of a text and makes tabs spaces', () => {
  expect(escapeLines('SELECT\r\n\t1\u001b[2J')).toEqual(['SELECT', '    1\\u{1b}[2J']);
});

it('squeezes a statement to one line, and looks at no more than fits', () => {
  expect(squeeze('  CREATE TABLE\n\t a (\n id int)')).toBe('CREATE TABLE a ( id int)');
  expect(squeeze('x'.repeat(5_000_000)).length).toBe(2000);
});

it('leaves JSON its meaning, and nothing in it that cannot be seen', () => {
  const document = {
    'a\u202eb': ['\u0000\u001b\u007f\u009b31m', '\u2028\ufeff', '\u{e0001}\u{10ffff}', 'é☃\n'],
  };
  const text = escapeJson(JSON.stringify(document, null, 2));
  expect(JSON.parse(text)).toEqual(document);
  expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/u);
  expect(text).toContain('"a\\u202eb"');
  expect(text).toContain('\\udb40\\udc01');
  expect(text).toContain('é☃');
});
