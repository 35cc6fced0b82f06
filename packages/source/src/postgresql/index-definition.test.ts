import { expect, it } from 'vitest';
import { indexDefinitionStart } from './index-definition.ts';

it.each([
  ['CREATE INDEX CONCURRENTLY i ON t (a)', ' (a)'],
  [
    'create unique index concurrently if not exists "on" on only "s"."t"/* . */ USING gin (a) WHERE b > 0',
    '/* . */ USING gin (a) WHERE b > 0',
  ],
  ['CREATE INDEX i ON "bfmSchema" . t(lower(a)) TABLESPACE x', '(lower(a)) TABLESPACE x'],
  ['CREATE INDEX i -- ON x (y)\nON t (a)', ' (a)'],
])('%s: the definition is behind the table', (text, definition) => {
  expect(text.slice(indexDefinitionStart(text) ?? 0)).toBe(definition);
});

it.each(['CREATE INDEX i ON ONLY (t) (a)', 'CREATE INDEX i ON t * (a)'])('%s is let be', (text) => {
  expect(indexDefinitionStart(text)).toBeNull();
});
