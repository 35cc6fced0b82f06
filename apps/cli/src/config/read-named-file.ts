import { readFileSync, statSync } from 'node:fs';

/**
 * Reads a file that somebody named, whole. A named pipe is fine: shells make them for `<(command)`. A device is not:
 * some never end.
 *
 * @throws Error with the system's `code`, for {@link systemReason}; `ENODEV` for a device
 */
export function readNamedFile(path: string): Buffer {
  const found = statSync(path);
  const isTerminalOrDevice = found.isCharacterDevice() || found.isBlockDevice();
  if (isTerminalOrDevice && path !== '/dev/null') {
    throw Object.assign(new Error('a device'), { code: 'ENODEV' });
  }
  return readFileSync(path);
}
