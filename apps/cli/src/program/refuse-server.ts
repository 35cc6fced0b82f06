import type { Command } from 'commander';
import type { GlobalOptions } from '../options/option-types.ts';
import { usageError } from '../options/usage-error.ts';
import { fullName } from './help-page.ts';

/**
 * Refuses `--server` for a command that works on this machine only. That `BFM_SERVER` is set says nothing about it.
 *
 * @throws {request.invalid}
 */
export function refuseServer(command: Command): void {
  if (command.optsWithGlobals<GlobalOptions>().server === undefined) return;
  const name = fullName(command);
  throw usageError(
    `${name} works on this machine and through no server; nothing was done`,
    `leave out --server, or run ${name} where the server runs`,
  );
}
