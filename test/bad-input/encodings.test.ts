import { alike, describeRefusals } from './support/describe-refusals.ts';

const code = 'source.not_utf8';
const SQL = "SELECT 'Zürich';\nSELECT 2;\n";
const LE = Buffer.from(SQL, 'utf16le');
const BE = Buffer.from(SQL, 'utf16le').swap16();
const UTF_32 = Buffer.from('\ufeff\0S\0E\0L\0E\0C\0T\0 \x001\0;\0', 'utf16le');

/** The beginning of bytes that are no text, as a message shows it. */
function shown(bytes: Buffer): string {
  const texts = [...bytes].map((byte) =>
    byte > 0x1f && byte < 0x7f ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`,
  );
  return `${texts.join('').slice(0, 79)}…`;
}

function iconv(encoding: string): string {
  return `iconv -f ${encoding} -t UTF-8`;
}

const LE_WITH_BOM = Buffer.concat([Buffer.from([0xff, 0xfe]), LE]);
const BE_WITH_BOM = Buffer.concat([Buffer.from([0xfe, 0xff]), BE]);

describeRefusals('I3: what is not UTF-8 never reaches the wire', [
  ...alike({ code, says: 'not UTF-8 at byte 0', mend: iconv('UTF-16LE') }, [
    ['UTF-16LE with BOM', LE_WITH_BOM, '1:1', shown(LE_WITH_BOM)],
  ]),
  ...alike({ code, says: 'not UTF-8 at byte 0', mend: iconv('UTF-16BE') }, [
    ['UTF-16BE with BOM', BE_WITH_BOM, '1:1', shown(BE_WITH_BOM)],
  ]),
  ...alike({ code, says: 'not UTF-8 at byte 0', mend: iconv('UTF-32LE') }, [
    ['UTF-32LE', UTF_32, '1:1', shown(UTF_32)],
  ]),
  ...alike({ code, says: 'not UTF-8 at byte 18', mend: iconv('UTF-16LE') }, [
    ['UTF-16LE without BOM', LE, '1:19', "\\xfc\\x00r\\x00i\\x00c\\x00h\\x00'\\x00;\\x00"],
  ]),
  ...alike({ code, says: 'not UTF-8 at byte 19', mend: iconv('UTF-16BE') }, [
    ['UTF-16BE without BOM', BE, '1:20', "\\xfc\\x00r\\x00i\\x00c\\x00h\\x00'\\x00;\\x00"],
  ]),
  ...alike({ code, says: 'not UTF-8 at byte 20', mend: iconv('ISO-8859-1') }, [
    ['Latin-1', Buffer.from("SELECT 1;\r\nSELECT 'Zürich';", 'latin1'), '2:10', "\\xfcrich';"],
  ]),
  ...alike({ code, says: 'not UTF-8 at byte ', mend: iconv('ISO-8859-1') }, [
    ['a character cut in two', Buffer.from("-- é\nSELECT 'é").subarray(0, -1), '2:9', '\\xc3'],
    ['a surrogate as bytes', Buffer.from([0x2d, 0x2d, 0xed, 0xa0, 0x80]), '1:3', '\\xed\\xa0\\x80'],
    ['an overlong slash', Buffer.from([0x2d, 0x2d, 0xc0, 0xaf, 0x0a]), '1:3', '\\xc0\\xaf'],
  ]),
]);

const WIDE = '\uff33\uff25\uff2c\uff25\uff23\uff34';

function strange(mend: string): { readonly code: 'migration.unparseable'; readonly mend: string } {
  return { code: 'migration.unparseable', mend };
}

describeRefusals('I4: what reads other than it looks', [
  ...alike({ code, says: 'NUL character at byte ', mend: 'take the NUL out' }, [
    ['NUL in a text', "SELECT 1;\nSELECT 'a\0b';", '2:10', "\\x00b';"],
    ['NUL at the end', '-- é\nSELECT 1;\0', '2:10', '\\x00'],
  ]),
  ...alike(strange('write \u0405ELECT in plain Latin letters: U+0405 in it only looks like one'), [
    ['a keyword with a look-alike letter', 'SELECT 1;\n\u0405ELECT 2;', '2:1', '\u0405ELECT 2;'],
  ]),
  ...alike(strange('U+FF33 in it only looks like one'), [
    ['a keyword in wide letters', `${WIDE} 1;`, '1:1', `${WIDE} 1;`],
  ]),
  ...alike(strange('take out U+200B in SEL\\u{200b}ECT: SQL takes it for a letter'), [
    ['a keyword with a zero-width space in it', 'SEL\u200bECT 1;', '1:1', 'SEL\\u{200b}ECT 1;'],
  ]),
  ...alike(strange('take out U+00A0 in SELECT\u00a01'), [
    ['a no-break space between words', 'SELECT\u00a01 FROM kept;', '1:1', 'SELECT\u00a01 FROM kept;'],
  ]),
]);
