import { BfmError } from '@bfm/core';
import { YES_NO, type Environment } from '@bfm/service';
import type { GlobalOptions } from '../options/option-types.ts';
import { usageError } from '../options/usage-error.ts';
import { loadEnvironment } from './environment.ts';
import { readSettingFile } from './setting-file.ts';

/** The server to work through, as it was given. */
export interface ServerPlace {
  /** Not looked at yet: there may be a password in it. */
  readonly url: string;
  /** Where the address was given. */
  readonly givenBy: '--server' | 'BFM_SERVER';
  readonly token: string;
  /** The token may go to another machine without encryption. */
  readonly allowsClearText: boolean;
}

/**
 * Finds out which server to work through: `--server`, else `BFM_SERVER`; `null`: none, the databases themselves are worked
 * on. A token is never taken from the command line, where everybody on the machine could read it, and never repeated.
 *
 * @throws {request.invalid} {config.invalid} {auth.missing}
 */
export function readServerPlace(options: GlobalOptions, own: Environment): ServerPlace | null {
  const environment = loadEnvironment({ own, envFile: options.envFile ?? null });
  const url = options.server ?? given(environment, 'BFM_SERVER');
  if (url === undefined) return null;
  const givenBy = options.server === undefined ? 'BFM_SERVER' : '--server';
  refuseOtherPlaces(options, givenBy);
  return {
    url,
    givenBy,
    token: readToken(environment),
    allowsClearText: readFlag(environment, 'BFM_ALLOW_CLEAR_TEXT'),
  };
}

/** What was given would be passed over in silence. */
function refuseOtherPlaces({ sfm, config }: GlobalOptions, givenBy: ServerPlace['givenBy']): void {
  if (sfm === undefined && config === undefined) return;
  const option = sfm === undefined ? '--config' : '--sfm';
  throw usageError(
    `${option} is given beside ${givenBy}, and a server has migrations and connections of its own; nothing was done`,
    `leave out ${option}; or ${givenBy === '--server' ? 'leave out' : 'unset'} ${givenBy} to work on databases directly`,
  );
}

function readToken(environment: Environment): string {
  const text = given(environment, 'BFM_TOKEN');
  const file = given(environment, 'BFM_TOKEN_FILE');
  if (text !== undefined && file !== undefined) {
    throw usageError('BFM_TOKEN and BFM_TOKEN_FILE are both set; nothing was done', 'unset one of them');
  }
  if (text !== undefined) return checkToken(text, 'BFM_TOKEN');
  if (file !== undefined) return checkToken(readTokenFile(file), 'BFM_TOKEN_FILE');
  throw new BfmError('auth.missing', {
    message: 'there is no token for the server; nothing was done',
    next: 'set BFM_TOKEN to a token of the server, or BFM_TOKEN_FILE to a file that holds one; whoever runs the server can make one',
  });
}

function readTokenFile(file: string): string {
  const reading = readSettingFile(file);
  if (reading.ok) return reading.value;
  throw new BfmError('config.invalid', {
    message: `BFM_TOKEN_FILE: ${reading.reason}`,
    next: 'set BFM_TOKEN_FILE to a file that holds a token and nothing else',
  });
}

/** What no header can hold would be repeated by whoever refuses it. */
function checkToken(text: string, name: string): string {
  const token = text.trim();
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new BfmError('config.invalid', {
    message: `${name} holds no token: ${token === '' ? 'there is nothing in it' : 'there are characters in it that no token has'}`,
    next: 'copy the token anew, as it was printed when it was made',
  });
}

function readFlag(environment: Environment, name: string): boolean {
  const text = given(environment, name);
  if (text === undefined) return false;
  const reading = YES_NO.read(text);
  if (reading.ok) return reading.value;
  throw new BfmError('config.invalid', {
    message: `${name}: ${reading.reason}`,
    next: `set ${name}=true or unset it`,
  });
}

/** What is set to nothing is not set. */
function given(environment: Environment, name: string): string | undefined {
  const text = environment[name];
  return text === undefined || text === '' ? undefined : text;
}
