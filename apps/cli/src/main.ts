import { runCli } from './run-cli.ts';

/**
 * Settled when everything is done. Not awaited here: the bundle is CommonJS, which starts faster and has no await of its
 * own.
 */
export const done: Promise<void> = runCli(process.argv.slice(2)).then((code) => {
  // What could not be written has set a code already, which counts when all else went well.
  if (code !== 0) process.exitCode = code;
});
