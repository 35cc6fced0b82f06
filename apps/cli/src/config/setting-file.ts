import { isUtf8 } from 'node:buffer';
import { statSync } from 'node:fs';
import type { Reading } from '@bfm/service';
import { readNamedFile } from './read-named-file.ts';
import { systemReason } from './system-reason.ts';

const BYTES_MAX = 1024 * 1024;

/** Reads a small text file that a setting names, such as a secret or a certificate; the reason names neither path nor content. */
export function readSettingFile(path: string): Reading<string> {
  try {
    const found = statSync(path);
    if (found.isDirectory()) return no('the file it names is a folder');
    if (found.size > BYTES_MAX) return no('the file it names is larger than 1 MiB');
    const bytes = readNamedFile(path);
    if (!isUtf8(bytes)) return no('the file it names is not UTF-8');
    return { ok: true, value: new TextDecoder().decode(bytes) };
  } catch (error) {
    return no(`the file it names cannot be read: ${systemReason(error)}`);
  }
}

function no(reason: string): Reading<string> {
  return { ok: false, reason };
}
