import { describe, expect, it } from 'vitest';
import { interpretDirectives } from '../directives/interpret-directives.ts';
import { placeAt } from '@bfm/core';
import { readEtcdDocument } from './etcd-document.ts';

function faultsOf(text: string): string[] {
  return readEtcdDocument(text).faults.map(({ code, index, message }) => {
    const { line, column } = placeAt(text, index);
    return `${code} ${line}:${column} ${message}`;
  });
}

describe('etcd migrations', () => {
  it('may be the bare array of the Go BFM', () => {
    const { operations, items, faults } = readEtcdDocument(
      '[{"key":"/a","value":"b"},{"operation":"put","key":"c","value":{"d":[1,null]}},{"operation":"delete","key":"e"}]',
    );
    expect(faults).toEqual([]);
    expect(items).toEqual([]);
    expect(operations).toHaveLength(3);
  });

  it('may have directives beside the operations', () => {
    const { items, faults } = readEtcdDocument(`{
      "bfm": {
        "schema": "/metadata/operations", "depends-on": ["core/a", "b"], "requires-table": "core.t",
        "tags": {"tier": "critical"}, "lock-timeout": "2s", "batch": 5
      },
      "operations": []
    }`);
    const { directives, faults: more } = interpretDirectives(items, 'up');
    expect([...faults, ...more]).toEqual([]);
    expect(directives.schema?.name).toBe('/metadata/operations');
    expect(directives.dependencies.map(({ text }) => text)).toEqual(['core/a', 'b']);
    expect(directives.tables).toEqual([{ schema: 'core', table: 't' }]);
    expect(directives.tags.get('tier')).toBe('critical');
    expect(directives.execution).toMatchObject({ lockTimeoutMs: 2000, batchSize: 5 });
  });

  it.each<[string, string]>([
    ['', 'migration.json_invalid 1:1 a JSON value is missing here'],
    ['[', 'migration.json_invalid 1:2 a JSON value is missing here'],
    ['[]x', 'migration.json_invalid 1:3 something follows the JSON value'],
    ['[{"key":"a","value":"b"},]', 'migration.json_invalid 1:26 a JSON value is missing here'],
    ['[{"key":"a" "value":"b"}]', 'migration.json_invalid 1:13 } is missing here'],
    ["[{'key':'a'}]", 'migration.json_invalid 1:3 a string in double quotes is missing here'],
    ['["a', 'migration.json_invalid 1:2 a string opened here is never closed'],
    ['["a\nb"]', 'migration.json_invalid 1:4 a control character stands in a string'],
    ['["\\x"]', 'migration.json_invalid 1:2 a string has an escape that JSON does not know'],
    ['[NaN]', 'migration.json_invalid 1:2 a JSON value is missing here'],
    ['[01]', 'migration.json_invalid 1:3 ] is missing here'],
    ['key=value', 'migration.json_invalid 1:1 a JSON value is missing here'],
    ['"text"', 'migration.json_invalid 1:1 neither an array nor an object'],
    ['{"operation":[]}', 'migration.json_invalid 1:2 there is no field operation; did you mean operations?'],
    ['{"bfm":{}}', 'migration.json_invalid 1:1 the array `operations` is missing'],
    ['[1]', 'migration.json_invalid 1:2 an operation is an object'],
    ['[{"key":"a"}]', 'migration.json_invalid 1:2 a put needs a `value`'],
    ['[{"value":"a"}]', 'migration.json_invalid 1:2 the text `key` is missing'],
    ['[{"key":"","value":"a"}]', 'migration.json_invalid 1:9 `key` is empty'],
    ['[{"key":"\\ud800","value":"a"}]', 'migration.json_invalid 1:9 `key` holds half a character'],
    [
      '[{"key":"a","value":1}]',
      'migration.json_invalid 1:21 `value` is a text or an object; write other values as text',
    ],
    [
      '[{"key":"a","value":null}]',
      'migration.json_invalid 1:21 `value` is a text or an object; write other values as text',
    ],
    ['[{"operation":"delete","key":"a","value":"b"}]', 'migration.json_invalid 1:42 a delete has no `value`'],
    [
      '[{"operation":"puts","key":"a"}]',
      'migration.json_invalid 1:15 there is no such operation; did you mean put?; put and delete are',
    ],
    [
      '[{"key":"a","valeu":"b","value":"b"}]',
      'migration.json_invalid 1:13 an operation has no field valeu; did you mean value?',
    ],
    ['[{"key":"a","key":"b","value":"c"}]', 'migration.json_invalid 1:13 key key is given twice'],
    ['[{"key":"a","value":{"x":1,"x":2}}]', 'migration.json_invalid 1:28 key x is given twice'],
    [
      '{"bfm":{"shema":"x"},"operations":[]}',
      'migration.directive_unknown 1:9 there is no directive shema; did you mean schema?',
    ],
    [
      '{"bfm":{"schema":1},"operations":[]}',
      'migration.directive_invalid 1:18 schema has a value of the wrong type',
    ],
    [
      '{"bfm":{"depends-on":[1]},"operations":[]}',
      'migration.directive_invalid 1:22 depends-on has a value of the wrong type',
    ],
    ['{"bfm":[],"operations":[]}', 'migration.directive_invalid 1:8 `bfm` is an object'],
    ['{"__proto__":{},"operations":[]}', 'migration.json_invalid 1:2 there is no field __proto__'],
  ])('refuse %j', (text, fault) => {
    expect(faultsOf(text)).toContain(fault);
  });

  it('refuse nesting too deep to be meant', () => {
    expect(faultsOf('['.repeat(100_000))).toEqual([expect.stringContaining('nested more than 100 deep')]);
  });

  it('read a text of megabytes', () => {
    const text = `[{"key":"a","value":"${'x\\n'.repeat(1_000_000)}"}]`;
    expect(faultsOf(text)).toEqual([]);
  });
});
