import { isUtf8 } from 'node:buffer';

/** What decoding gives: the text without BOM and with LF line ends, or why the bytes are no usable text. */
export type DecodeResult =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly byte: number; readonly reason: string; readonly mend: string };

const REPLACEMENT = '\ufffd';
const REPLACEMENT_BYTES = Buffer.from(REPLACEMENT, 'utf8');
/** How much of a file is looked at to guess its encoding. */
const GUESS_BYTES = 256;

/**
 * Decodes the bytes of a file: UTF-8 only, a BOM is dropped, CRLF and lone CR become LF. Anything else is refused with
 * the 0-based offset of the first byte that is wrong, and the iconv command that would mend it. NUL is refused too: no
 * store takes it in a text.
 */
export function decodeUtf8(bytes: Buffer): DecodeResult {
  const encoding = encodingByBom(bytes);
  if (encoding !== null) return refuse(0, encoding);
  if (!isUtf8(bytes)) {
    return refuse(firstInvalidByte(bytes), encodingByNuls(bytes.subarray(0, GUESS_BYTES)) ?? 'ISO-8859-1');
  }
  const nul = bytes.indexOf(0);
  if (nul >= 0) return refuseNul(bytes, nul);
  const text = bytes.toString('utf8');
  const content = text.startsWith('\ufeff') ? text.slice(1) : text;
  return { ok: true, text: content.includes('\r') ? content.replace(/\r\n?/g, '\n') : content };
}

function encodingByBom(bytes: Buffer): string | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) {
    return bytes[2] === 0 && bytes[3] === 0 ? 'UTF-32LE' : 'UTF-16LE';
  }
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'UTF-16BE';
  return null;
}

function refuseNul(bytes: Buffer, nul: number): DecodeResult {
  const encoding = encodingByNuls(bytes.subarray(0, GUESS_BYTES));
  if (encoding !== null) return refuse(nul, encoding);
  return {
    ok: false,
    byte: nul,
    reason: `NUL character at byte ${nul}`,
    mend: 'take the NUL out; no database takes it in a text',
  };
}

/** UTF-16 without BOM: in mostly Latin text every second byte is NUL. */
function encodingByNuls(bytes: Buffer): string | null {
  const nuls = [0, 0];
  bytes.forEach((byte, index) => {
    if (byte === 0) nuls[index % 2] = (nuls[index % 2] ?? 0) + 1;
  });
  const [even = 0, odd = 0] = nuls;
  const many = bytes.length / 4;
  if (odd > many && even === 0) return 'UTF-16LE';
  return even > many && odd === 0 ? 'UTF-16BE' : null;
}

function refuse(byte: number, encoding: string): DecodeResult {
  return {
    ok: false,
    byte,
    reason: `not UTF-8 at byte ${byte}`,
    mend: `convert it with \`iconv -f ${encoding} -t UTF-8\`, if ${encoding} is what it is in`,
  };
}

function firstInvalidByte(bytes: Buffer): number {
  const text = bytes.toString('utf8');
  let byte = 0;
  let from = 0;
  for (let at = text.indexOf(REPLACEMENT); at >= 0; at = text.indexOf(REPLACEMENT, from)) {
    byte += Buffer.byteLength(text.slice(from, at), 'utf8');
    // The file may hold the replacement character itself.
    if (!bytes.subarray(byte, byte + 3).equals(REPLACEMENT_BYTES)) return byte;
    byte += REPLACEMENT_BYTES.length;
    from = at + 1;
  }
  return byte;
}
