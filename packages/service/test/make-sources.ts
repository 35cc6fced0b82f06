import { isBfmError, type Fault } from '@bfm/core';
import {
  parseConfiguration,
  type ConfigMapping,
  type ConfigNode,
  type ConfigurationSources,
  type ConnectionSettings,
  type Environment,
  type Scalar,
} from '@bfm/service';

/** What a test writes for a bfm.yaml. */
export interface TreeText {
  readonly [key: string]: Scalar | null | readonly string[] | TreeText;
}

/** Sources of a configuration: variables, a bfm.yaml, and the files they name. */
export function makeSources(
  environment: Environment,
  tree: TreeText | null = null,
  files: Readonly<Record<string, string>> = {},
): ConfigurationSources {
  return {
    environment,
    document: tree === null ? null : { file: 'bfm.yaml', root: toMapping(tree), faults: [] },
    readFile: (path) => {
      const text = files[path];
      return text === undefined
        ? { ok: false, reason: 'the file does not exist' }
        : { ok: true, value: text };
    },
  };
}

function toMapping(tree: TreeText): ConfigMapping {
  return {
    kind: 'mapping',
    where: { file: 'bfm.yaml', line: 1, column: 1 },
    entries: Object.entries(tree).map(([key, value], index) => ({
      key,
      where: { file: 'bfm.yaml', line: index + 1, column: 1 },
      value: toNode(value),
    })),
  };
}

function toNode(value: TreeText[string]): ConfigNode {
  const where = { file: 'bfm.yaml', line: 1, column: 9 };
  if (value === null || typeof value !== 'object') return { kind: 'scalar', where, value };
  return Array.isArray(value) ? { kind: 'list', where } : toMapping(value as TreeText);
}

/** The one connection of some sources. */
export function oneConnection(...sources: Parameters<typeof makeSources>): ConnectionSettings {
  const { connections } = parseConfiguration(makeSources(...sources));
  const [only, ...others] = connections;
  if (only === undefined || others.length > 0) throw new Error(`${connections.length} connections`);
  return only;
}

/** The faults some sources are refused with; the whole error is checked not to hold what must stay secret. */
export function faultsOf(sources: ConfigurationSources, secret: string | null = null): readonly Fault[] {
  try {
    parseConfiguration(sources);
  } catch (error) {
    if (!isBfmError(error) || error.code !== 'config.invalid') throw error;
    const told = JSON.stringify(error, Object.getOwnPropertyNames(error)) + String(error);
    if (secret !== null && told.includes(secret)) throw new Error(`the secret is told: ${told}`);
    return error.details.faults ?? [];
  }
  throw new Error('nothing was refused');
}

/** The messages of faults, and nothing else. */
export function messagesOf(sources: ConfigurationSources, secret: string | null = null): readonly string[] {
  return faultsOf(sources, secret).map(({ message }) => message);
}
