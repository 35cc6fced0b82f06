/** Why the system did not let us read something, without the path. */
export function systemReason(error: unknown): string {
  return reasonFrom(READING, error);
}

/** Why the system did not let us write something, without the path. */
export function writeReason(error: unknown): string {
  return reasonFrom({ ...READING, ...WRITING }, error);
}

function reasonFrom(reasons: Readonly<Record<string, string>>, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  return reasons[code] ?? code;
}

const READING: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist',
  EISDIR: 'it is a folder',
  EACCES: 'you may not read it',
  ENODEV: 'it is a device',
  ENOTDIR: 'a part of its path is no folder',
};

const WRITING: Readonly<Record<string, string>> = {
  ENOENT: 'its folder does not exist',
  EACCES: 'you may not write it',
  EEXIST: 'a part of its path is no folder',
  EROFS: 'what it is on cannot be written to',
  ENOSPC: 'the disk is full',
  EDQUOT: 'your quota of the disk is used up',
  EFBIG: 'files may not become that large here (ulimit -f)',
  EMFILE: 'too many files are open (ulimit -n)',
  ENFILE: 'too many files are open on this machine',
};
