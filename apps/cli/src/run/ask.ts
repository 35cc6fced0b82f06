import { createInterface } from 'node:readline';

const EXIT_INTERRUPTED = 130;

/** Asks a question on the terminal; only `y` or `yes` is a yes, an end of input is a no. Ctrl-C ends the process. */
export async function ask(question: string): Promise<boolean> {
  return /^y(es)?$/i.test(await answerTo(`${question} [y/N] `));
}

/** Has something typed in, letter by letter, before what can never be taken back; anything else is a no. */
export async function askToType(question: string, expected: string): Promise<boolean> {
  return (await answerTo(`${question} `)) === expected;
}

async function answerTo(question: string): Promise<string> {
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
      reader.question(question, resolve);
    });
    return answer.trim();
  } finally {
    reader.close();
  }
}
