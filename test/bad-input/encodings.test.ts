import { describeRefusals, type Refused } from './support/describe-refusals.ts';

const SQL = "SELECT 'Zürich';\nSELECT 2;\n";
const LE = Buffer.from(SQL, 'utf16le');
const BE = Buffer.from(SQL, 'utf16le').swap16();
const UTF_32 = Buffer.concat([...'\ufeffSELECT 1;'].map((letter) => Buffer.from(`${letter}\0`, 'utf16le')));

function encoded(
  name: string,
  text: Buffer,
  at: string,
  { byte, from, excerpt }: { byte: number; from: string; excerpt: string },
): Refused {
  const mend = `iconv -f ${from} -t UTF-8`;
  return { name, text, code: 'source.not_utf8', at, says: `not UTF-8 at byte ${byte}`, mend, excerpt };
}

/** The bytes of UTF-16 as a message shows them; the lines are longer than that. */
function shownAs(start: string, even: string, odd: string): string {
  const bytes = [..."SELECT 'Z\u00fcrich';"].map((letter) => even + letter.replace('\u00fc', '\\xfc') + odd);
  return `${(start + bytes.join('')).slice(0, 79)}…`;
}

describeRefusals('I3: what is not UTF-8 never reaches the wire', [
  encoded('UTF-16LE with BOM', Buffer.concat([Buffer.from([0xff, 0xfe]), LE]), '1:1', {
    byte: 0,
    from: 'UTF-16LE',
    excerpt: shownAs('\\xff\\xfe', '', '\\x00'),
  }),
  encoded('UTF-16BE with BOM', Buffer.concat([Buffer.from([0xfe, 0xff]), BE]), '1:1', {
    byte: 0,
    from: 'UTF-16BE',
    excerpt: shownAs('\\xfe\\xff', '\\x00', ''),
  }),
  encoded('UTF-16LE without BOM', LE, '1:19', {
    byte: 18,
    from: 'UTF-16LE',
    excerpt: "\\xfc\\x00r\\x00i\\x00c\\x00h\\x00'\\x00;\\x00",
  }),
  encoded('UTF-32LE', UTF_32, '1:1', {
    byte: 0,
    from: 'UTF-32LE',
    excerpt: `${`\\xff\\xfe\\x00\\x00${[...'SELECT 1;'].map((letter) => `${letter}\\x00\\x00\\x00`).join('')}`.slice(0, 79)}…`,
  }),
  encoded('Latin-1', Buffer.from("SELECT 1;\r\nSELECT 'Zürich';", 'latin1'), '2:10', {
    byte: 20,
    from: 'ISO-8859-1',
    excerpt: "\\xfcrich';",
  }),
  encoded('a character cut in two', Buffer.from("-- é\nSELECT 'é").subarray(0, -1), '2:9', {
    byte: 14,
    from: 'ISO-8859-1',
    excerpt: '\\xc3',
  }),
  encoded('a surrogate written as bytes', Buffer.from([0x2d, 0x2d, 0xed, 0xa0, 0x80]), '1:3', {
    byte: 2,
    from: 'ISO-8859-1',
    excerpt: '\\xed\\xa0\\x80',
  }),
  encoded('an overlong slash', Buffer.from([0x2d, 0x2d, 0xc0, 0xaf, 0x0a]), '1:3', {
    byte: 2,
    from: 'ISO-8859-1',
    excerpt: '\\xc0\\xaf',
  }),
]);

function nul(
  name: string,
  text: string,
  at: string,
  { byte, excerpt }: { byte: number; excerpt: string },
): Refused {
  const says = `NUL character at byte ${byte}`;
  return { name, text, code: 'source.not_utf8', at, says, mend: 'take the NUL out', excerpt };
}

describeRefusals('I4: what looks other than it reads', [
  nul('NUL in a text', "SELECT 1;\nSELECT 'a\0b';", '2:10', { byte: 19, excerpt: "\\x00b';" }),
  nul('NUL at the end', '-- é\nSELECT 1;\0', '2:10', { byte: 15, excerpt: '\\x00' }),
  {
    name: 'a keyword with a look-alike letter',
    text: 'SELECT 1;\n\u0405ELECT 2;',
    code: 'migration.unparseable',
    at: '2:1',
    says: 'syntax error at or near "\u0405ELECT"',
    mend: 'write \u0405ELECT in plain Latin letters: U+0405 in it only looks like one',
    excerpt: '\u0405ELECT 2;',
  },
  {
    name: 'a keyword with a zero-width space in it',
    text: 'SEL\u200bECT 1;',
    code: 'migration.unparseable',
    at: '1:1',
    mend: 'take out U+200B in SEL\\u{200b}ECT: SQL takes it for a letter',
    excerpt: 'SEL\\u{200b}ECT 1;',
  },
  {
    name: 'a keyword in wide letters',
    text: '\uff33\uff25\uff2c\uff25\uff23\uff34 1;',
    code: 'migration.unparseable',
    at: '1:1',
    mend: 'U+FF33 in it only looks like one',
    excerpt: '\uff33\uff25\uff2c\uff25\uff23\uff34 1;',
  },
  {
    name: 'a no-break space between words',
    text: 'SELECT\u00a01 FROM kept;',
    code: 'migration.unparseable',
    at: '1:1',
    mend: 'take out U+00A0 in SELECT\u00a01',
    excerpt: 'SELECT\u00a01 FROM kept;',
  },
]);
