import { describe, expect, it } from 'vitest';
import { renderStatement } from './render-statement.ts';

const VALUES = { connection: 'core', schema: 'tenant_a', backend: 'postgresql', version: '20250101000000' };

describe('renderStatement', () => {
  it('fills all four placeholders, in any case of letters, as quoted identifiers', () => {
    expect(renderStatement('{{.Connection}} {{.SCHEMA}} {{.backend}} {{.Version}}', VALUES, false)).toBe(
      '"core" "tenant_a" "postgresql" "20250101000000"',
    );
  });

  it.each(['{{.Tenant}}', '{{ .Schema }}', '{{Schema}}', '{{', '{{.Schema}', '$1 $& $$'])(
    'leaves %s as it stands',
    (text) => {
      expect(renderStatement(text, VALUES, true)).toBe(text);
    },
  );

  it('quotes a hostile name, and fills nothing a second time', () => {
    const schema = `a"; DROP TABLE x; -- {{.Version}} $& $'`;
    expect(renderStatement('SELECT * FROM {{.Schema}}.t', { ...VALUES, schema }, false)).toBe(
      `SELECT * FROM "a""; DROP TABLE x; -- {{.Version}} $& $'".t`,
    );
  });

  it('refuses a name that is not plain when a placeholder stands in a text', () => {
    const schema = 'tenant-a';
    expect(() => renderStatement(`SELECT '{{.Schema}}'`, { ...VALUES, schema }, true)).toThrow(
      expect.objectContaining({ code: 'migration.placeholder_unsafe' }) as Error,
    );
  });

  it('looks only at the values that are used', () => {
    const schema = 'tenant-a';
    expect(renderStatement(`SELECT '{{.Version}}'`, { ...VALUES, schema }, true)).toBe(
      `SELECT '"20250101000000"'`,
    );
  });
});
