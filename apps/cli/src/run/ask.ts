import { createInterface } from 'node:readline';

const EXIT_INTERRUPTED = 130;

/** Asks a question on the terminal; only `y` or `yes` is a yes, an end of input is a no. Ctrl-C ends the process. */
export async function ask(question: string): Promise<boolean> {
  // On stderr: stdout may be redirected into a file.
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await new Promise<string>((resolve) => {
      reader.once('close', () => {
        resolve('');
      });
      reader.once('SIGINT', () => {
        process.stderr.write('\nNothing was changed.\n');
        process.exit(EXIT_INTERRUPTED);
      });
      reader.question(`${question} [y/N] `, resolve);
    });
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    reader.close();
  }
}
