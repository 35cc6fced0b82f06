import {
  BACKENDS,
  BfmError,
  didYouMean,
  isBackendName,
  type BackendName,
  type ConnectionName,
} from '@bfm/core';
import type { Selecting } from '../modes/selecting.ts';
import { usageError } from './usage-error.ts';

/**
 * The configured connections of these names.
 *
 * @throws {connection.not_found} naming those that are configured
 */
export function selectConnections(
  texts: readonly string[],
  { connections }: Pick<Selecting, 'connections'>,
): readonly ConnectionName[] {
  return texts.map((text) => {
    const name = [...connections.keys()].find((candidate) => candidate === text);
    if (name !== undefined) return name;
    const known = [...connections.keys()].sort();
    const near = known.find((candidate) => candidate === text.toLowerCase());
    throw new BfmError('connection.not_found', {
      message: `connection ${JSON.stringify(text)} is not configured${didYouMean(text, known)}; configured: ${known.join(', ')}`,
      details: { where: { connection: text }, configured: known },
      next:
        near === undefined
          ? `choose one of those with --connection, or set ${text.toUpperCase().replaceAll('-', '_')}_BACKEND and ${text.toUpperCase().replaceAll('-', '_')}_URL`
          : `names are lower case here: --connection ${near}`,
    });
  });
}

/**
 * The kinds of store of these names.
 *
 * @throws {request.invalid}
 */
export function selectBackends(texts: readonly string[]): readonly BackendName[] {
  return texts.map((text) => {
    if (isBackendName(text)) return text;
    throw usageError(
      `--backend ${JSON.stringify(text)} is no kind of store that BFM knows${didYouMean(text, BACKENDS)}`,
      `choose one of ${BACKENDS.join(', ')}`,
    );
  });
}
