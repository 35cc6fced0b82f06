import { setTimeout } from 'node:timers/promises';
import { readServerPlace } from '../config/server-place.ts';
import type { Invocation } from '../invocation.ts';
import type { GlobalOptions } from '../options/option-types.ts';
import type { FileFinder } from '../output/error-view.ts';
import { createTerminal, type Terminal } from '../output/terminal.ts';
import { usageError } from '../options/usage-error.ts';
import { askingServerView } from '../output/connecting-view.ts';
import { BeforeRun } from '../run/before-run.ts';
import type { Ways } from './ways.ts';

/** What a command works with, in either mode; to be disposed when it is done. */
export interface Desk<Work> extends AsyncDisposable {
  readonly work: Work;
  readonly isRemote: boolean;
  readonly terminal: Terminal;
  readonly files: FileFinder;
  /** A run begins, which has ways of its own to be interrupted. */
  readonly beginRun: () => void;
  /** From now on something may be changed. */
  readonly beginChanges: () => void;
}

/**
 * Gets ready for a command's work: on databases, or through a server where `--server` or `BFM_SERVER` says so. This is the
 * one place where that is decided. Nothing is asked yet.
 *
 * @throws {request.invalid} {auth.missing} and what opening direct mode throws: {config.invalid} {config.no_connection} {source.missing}
 */
export async function openDesk<Work>(
  ways: Ways<Work>,
  options: GlobalOptions,
  invocation: Invocation,
): Promise<Desk<Work>> {
  const place = readServerPlace(options, process.env);
  if (place === null) return openDirectDesk(ways, options, invocation);
  const { openRemote } = await import('../remote/open-remote.ts');
  const terminal = createTerminal({
    json: options.json ?? false,
    color: options.color,
    quiet: options.quiet ?? false,
  });
  const before = new BeforeRun(terminal.notes, askingServerView);
  const remote = openRemote(place, (url, answer) => {
    before.watch(url, answer, { sleep });
  });
  const work = await ways.remote(remote);
  const end = (): void => {
    before[Symbol.dispose]();
  };
  return {
    work,
    isRemote: true,
    terminal,
    files: remote.files,
    beginRun: end,
    beginChanges: () => {
      before.beginChanges();
    },
    [Symbol.asyncDispose]: () => {
      end();
      return Promise.resolve();
    },
  };
}

async function openDirectDesk<Work>(
  { direct, needsNoConnection }: Ways<Work>,
  options: GlobalOptions,
  invocation: Invocation,
): Promise<Desk<Work>> {
  if (direct === null) throw needsServer();
  const { openSession } = await import('../commands/session.ts');
  const session = await openSession(options, invocation, needsNoConnection);
  try {
    const { terminal, files, beginChanges } = session;
    return {
      work: await direct(session),
      isRemote: false,
      terminal,
      files,
      // Its work says so itself, when it listens to what happens.
      beginRun: () => undefined,
      beginChanges,
      [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
    };
  } catch (error) {
    await session[Symbol.asyncDispose]();
    throw error;
  }
}

function needsServer(): Error {
  return usageError(
    'this is kept by a server, and none is given; nothing was done',
    'give --server URL or set BFM_SERVER, with the token in BFM_TOKEN or BFM_TOKEN_FILE',
  );
}

async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  await setTimeout(ms, undefined, { signal, ref: false }).catch(() => undefined);
}
