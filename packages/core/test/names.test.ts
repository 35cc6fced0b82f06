import { parseConnectionName, parseSchemaName, quoteIdentifier, utf8Length } from '@bfm/core';
import { fc } from '@bfm/testing';
import { describe, expect, it } from 'vitest';

describe('a schema name', () => {
  it.each([
    'a',
    'é☃',
    'a"b',
    'a;drop schema public cascade;--',
    ' ',
    'public',
    'x'.repeat(63),
    'é'.repeat(31),
  ])('may be %j', (text) => {
    expect(parseSchemaName(text)).toEqual({ ok: true, name: text });
  });

  it.each([
    ['', 'empty'],
    ['a\0b', 'NUL'],
    ['\ud800', 'lone surrogate'],
    ['x'.repeat(64), '64 bytes'],
    ['é'.repeat(32), '64 bytes'],
    ['pg_x', 'pg_'],
    ['information_schema', 'belongs to PostgreSQL'],
    ['bfm', 'ledger'],
  ])('is refused: %j', (text, reason) => {
    expect(parseSchemaName(text)).toEqual({ ok: false, reason: expect.stringContaining(reason) as unknown });
  });
});

describe('a connection name', () => {
  it.each(['core', 'a', 'a-b_c9'])('may be %s', (text) => {
    expect(parseConnectionName(text)).toEqual({ ok: true, name: text });
  });

  it.each(['', 'Core', '9a', '-a', 'a b', 'a/b', '..', 'é', 'bfm_state', 'x'.repeat(64)])(
    'is refused: %j',
    (text) => {
      expect(parseConnectionName(text).ok).toBe(false);
    },
  );
});

describe('quoting an identifier', () => {
  it('can be undone, whatever the name', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'binary' }), (name) => {
        fc.pre(!name.includes('\0'));
        const quoted = quoteIdentifier(name);
        expect(quoted.slice(1, -1).replaceAll('""', '"')).toBe(name);
        expect(quoted.slice(1, -1).replaceAll('""', '')).not.toContain('"');
      }),
    );
  });

  it('refuses what cannot be quoted', () => {
    expect(() => quoteIdentifier('')).toThrow();
    expect(() => quoteIdentifier('a\0')).toThrow();
  });
});

describe('the length in bytes', () => {
  it('is that of UTF-8, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(utf8Length(text)).toBe(new TextEncoder().encode(text).length);
      }),
    );
  });
});
