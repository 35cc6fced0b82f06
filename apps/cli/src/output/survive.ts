const EXIT_UNWRITTEN = 2;

const survivors = new WeakSet<NodeJS.WriteStream>();

/**
 * Keeps a stream that can no longer be written to from ending a run in the middle. A reader that has seen enough
 * (`bfm history | head`) is nothing to speak of; anything else, such as a full disk, is told on stderr, and success is no
 * longer the exit code.
 */
export function survive(stream: NodeJS.WriteStream): void {
  if (survivors.has(stream)) return;
  survivors.add(stream);
  let isTold = false;
  stream.on('error', ({ code = 'unknown error' }: NodeJS.ErrnoException) => {
    if (code === 'EPIPE' || isTold) return;
    isTold = true;
    process.exitCode = EXIT_UNWRITTEN;
    if (stream === process.stderr) return;
    process.stderr.write(
      `error: not all of the output could be written: ${code}; what was done to databases is done\n`,
    );
  });
}
