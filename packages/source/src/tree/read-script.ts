import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import type { Fault } from '@bfm/core';
import { decodeUtf8 } from '../text/decode-utf8.ts';
import { excerptOfBytes } from '../text/excerpt.ts';
import { describeFileError } from './tree-entry.ts';
import { treeFault } from './walk-tree.ts';

/** The size above which a file is refused, unless configured otherwise: 16 MiB. */
export const FILE_BYTES_MAX_DEFAULT = 16 * 1024 * 1024;

/** A file to read. */
export interface ReadRequest {
  /** Relative to the root, for messages. */
  readonly path: string;
  readonly realPath: string;
  readonly bytesMax: number;
}

/** The normalised text of a file, or the fault that keeps it from being used. */
export type ReadResult =
  { readonly ok: true; readonly text: string } | { readonly ok: false; readonly fault: Fault };

/** Reads a file whole and normalises it; see {@link decodeUtf8}. Never throws for a faulty file. */
export function readScriptFile(request: ReadRequest): ReadResult {
  const { path } = request;
  try {
    const bytes = readBytes(request);
    if (!Buffer.isBuffer(bytes)) return bytes;
    const decoded = decodeUtf8(bytes);
    if (decoded.ok) return decoded;
    const { byte, reason, mend } = decoded;
    const fault = treeFault('source.not_utf8', path, [`${reason}: ${excerptOfBytes(bytes, byte)}`, mend]);
    return { ok: false, fault: { ...fault, where: { ...fault.where, ...placeOfByte(bytes, byte) } } };
  } catch (error) {
    const reason = `it cannot be read: ${describeFileError(error)}`;
    const mend = 'give the user that runs BFM the right to read it';
    return { ok: false, fault: treeFault('source.unreadable', path, [reason, mend]) };
  }
}

function readBytes({ path, realPath, bytesMax }: ReadRequest): Buffer | ReadResult {
  // The entry was a file a moment ago. Should it be a link or a pipe now, opening neither follows it nor waits.
  const flags = constants.O_RDONLY | unixFlag('O_NOFOLLOW') | unixFlag('O_NONBLOCK');
  const file = openSync(realPath, flags);
  try {
    const stats = fstatSync(file);
    if (!stats.isFile()) {
      const mend = 'migrations are plain files; rename or remove it';
      return { ok: false, fault: treeFault('source.not_a_file', path, ['it is no file', mend]) };
    }
    if (stats.size > bytesMax) return { ok: false, fault: tooLarge(path, stats.size, bytesMax) };
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

/** Windows has neither flag; there they are left out. */
function unixFlag(name: 'O_NOFOLLOW' | 'O_NONBLOCK'): number {
  const flags: Readonly<Partial<Record<string, number>>> = constants;
  return flags[name] ?? 0;
}

function tooLarge(path: string, bytes: number, bytesMax: number): Fault {
  return treeFault('source.too_large', path, [
    `it has ${bytes} bytes, more than the ${bytesMax} allowed`,
    'raise BFM_FILE_BYTES_MAX, or load the data another way',
  ]);
}

function placeOfByte(bytes: Buffer, byte: number): { readonly line: number; readonly column: number } {
  const before = bytes.subarray(0, byte).toString('latin1').replace(/\r\n?/g, '\n');
  const lineStart = before.lastIndexOf('\n') + 1;
  const column = Buffer.from(before.slice(lineStart), 'latin1').toString('utf8').length + 1;
  return { line: before.split('\n').length, column };
}
