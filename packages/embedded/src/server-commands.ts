import { join } from 'node:path';
import { LOOPBACK } from './port.ts';

/** Name of the superuser of every embedded server. */
export const SUPERUSER = 'postgres';

/** Values that decide how a data directory is made. */
export interface InitdbRequest {
  readonly bin: string;
  readonly major: number;
  readonly target: string;
  readonly passwordFile: string;
  /** False for a data directory whose loss does not matter. */
  readonly durable: boolean;
}

/**
 * The command that makes a data directory: UTF-8, a locale that sorts the same everywhere, passwords by SCRAM for every
 * connection.
 */
export function initdbCommand(request: InitdbRequest): readonly string[] {
  // The builtin provider came with 17; before it, C is the only locale that needs nothing of the system.
  const locale = request.major >= 17 ? ['--locale-provider=builtin', '--builtin-locale=C.UTF-8'] : [];
  return [
    join(request.bin, 'initdb'),
    `--pgdata=${request.target}`,
    `--username=${SUPERUSER}`,
    `--pwfile=${request.passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    ...locale,
    '--no-instructions',
    ...(request.durable ? [] : ['--no-sync']),
  ];
}

/** Values that decide how a server is run. */
export interface ServeRequest {
  readonly bin: string;
  readonly data: string;
  readonly port: number;
  readonly settings: Readonly<Record<string, string>>;
}

/** The command that runs a server on the loopback address only, without a socket in the file system. */
export function serveCommand(request: ServeRequest): readonly string[] {
  const settings = {
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_line_prefix: '%m [%p] %q%a@%d ',
    ...request.settings,
    listen_addresses: LOOPBACK,
    port: String(request.port),
    unix_socket_directories: '',
    logging_collector: 'off',
    log_destination: 'stderr',
  };
  const assignments = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return [join(request.bin, 'postgres'), '-D', request.data, ...assignments];
}
