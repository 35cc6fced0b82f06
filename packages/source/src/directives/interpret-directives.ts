import {
  type Direction,
  type RequiredTable,
  type SchemaName,
  type ScriptExecution,
  parseDuration,
  type ValueResult,
} from '@bfm/core';
import {
  FILE_KEYS,
  LIST_KEYS,
  type DirectiveFault,
  type DirectiveItem,
  type DirectiveKey,
} from './directive.ts';
import {
  readBatch,
  readDependency,
  readRequiredSchema,
  readSchema,
  readTable,
  readTag,
  readTransaction,
  type DependencyTarget,
} from './value-readers.ts';

/** A dependency and where it stands in the file's text. */
export interface FoundDependency extends DependencyTarget {
  readonly text: string;
  readonly index: number;
}

/** What the directives of one file say. */
export interface Directives {
  readonly schema: { readonly name: SchemaName; readonly index: number } | null;
  readonly dependencies: readonly FoundDependency[];
  readonly tables: readonly RequiredTable[];
  readonly schemas: readonly string[];
  readonly tags: ReadonlyMap<string, string>;
  readonly execution: ScriptExecution;
}

/** The directives understood, and every fault in them. */
export interface InterpretedDirectives {
  readonly directives: Directives;
  readonly faults: readonly DirectiveFault[];
}

/**
 * Reads the values of directives. Lists (`depends-on`, `requires-table`, `requires-schema`, `tags`) may be given several
 * times and add up; anything else may be given once. A down file may only have those that speak for the file itself.
 */
export function interpretDirectives(
  items: readonly DirectiveItem[],
  direction: Direction,
): InterpretedDirectives {
  const state = new DirectiveState();
  const seen = new Set<DirectiveKey>();
  const faults: DirectiveFault[] = [];
  for (const item of items) {
    const fault =
      checkDirection(item, direction) ??
      checkRepeated(item, seen) ??
      checkEmpty(item) ??
      TAKE[item.key](state, item);
    if (fault !== null) faults.push(fault);
  }
  return { directives: state, faults };
}

class DirectiveState implements Directives {
  schema: Directives['schema'] = null;
  readonly dependencies: FoundDependency[] = [];
  readonly tables: RequiredTable[] = [];
  readonly schemas: string[] = [];
  readonly tags = new Map<string, string>();
  readonly execution: { -readonly [K in keyof ScriptExecution]: ScriptExecution[K] } = {
    transaction: 'per-migration',
    lockTimeoutMs: null,
    statementTimeoutMs: null,
    batchSize: null,
    batchPauseMs: null,
    verify: null,
  };
}

type Take = (state: DirectiveState, item: DirectiveItem) => DirectiveFault | null;

const TAKE: Readonly<Record<DirectiveKey, Take>> = {
  schema: (state, item) =>
    use(item, readSchema(item.value), (name) => (state.schema = { name, index: item.valueIndex })),
  'depends-on': (state, item) =>
    use(item, readDependency(item.value), (target) =>
      state.dependencies.push({ ...target, text: item.value, index: item.valueIndex }),
    ),
  'requires-table': (state, item) => use(item, readTable(item.value), (table) => state.tables.push(table)),
  'requires-schema': (state, item) =>
    use(item, readRequiredSchema(item.value), (schema) => state.schemas.push(schema)),
  tags: takeTag,
  transaction: (state, item) =>
    use(item, readTransaction(item.value), (mode) => (state.execution.transaction = mode)),
  'lock-timeout': (state, item) =>
    use(item, parseDuration(item.value), (timeout) => (state.execution.lockTimeoutMs = timeout)),
  'statement-timeout': (state, item) =>
    use(item, parseDuration(item.value), (timeout) => (state.execution.statementTimeoutMs = timeout)),
  batch: (state, item) => use(item, readBatch(item.value), (rows) => (state.execution.batchSize = rows)),
  'batch-pause': (state, item) =>
    use(item, parseDuration(item.value), (pause) => (state.execution.batchPauseMs = pause)),
  verify: (state, item) => {
    state.execution.verify = item.value;
    return null;
  },
};

function use<T>(
  item: DirectiveItem,
  result: ValueResult<T>,
  take: (value: T) => unknown,
): DirectiveFault | null {
  if (result.ok) {
    take(result.value);
    return null;
  }
  return {
    code: 'migration.directive_invalid',
    index: item.valueIndex,
    message: `${item.key} cannot be ${JSON.stringify(item.value)}: ${result.reason}`,
    mend: result.mend,
  };
}

function takeTag(state: DirectiveState, item: DirectiveItem): DirectiveFault | null {
  const result = readTag(item.value);
  const known = result.ok ? state.tags.get(result.value[0]) : undefined;
  if (result.ok && known !== undefined && known !== result.value[1]) {
    return {
      code: 'migration.directive_repeated',
      index: item.valueIndex,
      message: `tag ${result.value[0]} is given twice, as ${known} and ${result.value[1]}`,
      mend: 'keep one of them',
    };
  }
  return use(item, result, ([key, value]) => state.tags.set(key, value));
}

function checkDirection(item: DirectiveItem, direction: Direction): DirectiveFault | null {
  if (direction === 'up' || FILE_KEYS.has(item.key)) return null;
  return {
    code: 'migration.directive_invalid',
    index: item.keyIndex,
    message: `${item.key} speaks for the whole migration and belongs in the up file`,
    mend: `move it to the up file; a down file may have ${[...FILE_KEYS].join(', ')}`,
  };
}

function checkRepeated(item: DirectiveItem, seen: Set<DirectiveKey>): DirectiveFault | null {
  if (LIST_KEYS.has(item.key) || !seen.has(item.key)) {
    seen.add(item.key);
    return null;
  }
  return {
    code: 'migration.directive_repeated',
    index: item.keyIndex,
    message: `${item.key} is given twice`,
    mend: 'keep one of them',
  };
}

function checkEmpty(item: DirectiveItem): DirectiveFault | null {
  if (item.value !== '') return null;
  return {
    code: 'migration.directive_invalid',
    index: item.keyIndex,
    message: `${item.key} has no value`,
    mend: `write ${item.key}=..., or take it away`,
  };
}
