import { expect, it } from 'vitest';
import { toCommandLine } from './command-line.ts';

it('puts a command together again so that a shell reads it the same', () => {
  const options = {
    color: true,
    connection: ['core', 'guard'],
    schema: ["o'brien", 'cli_a'],
    schemasFrom: 'SELECT name FROM t',
    allTenants: true,
    to: '20250101000000',
    tag: ['tier=critical'],
    migration: ['core/create_users'],
    steps: 2,
    outOfOrder: 'allow',
    allowNonEmpty: true,
    createSchemas: true,
  } as const;
  expect(toCommandLine('bfm up', options)).toBe(
    "bfm up --connection core --connection guard --schema 'o'\\''brien' --schema cli_a" +
      " --schemas-from 'SELECT name FROM t' --all-tenants --to 20250101000000 --tag tier=critical" +
      ' --migration core/create_users --steps 2 --create-schemas --out-of-order=allow --allow-non-empty',
  );
});
