import type { Tree } from './test-control.ts';

/** The id of a migration of these trees. */
export function idOf(number: number, name: string, connection = 'core'): string {
  return `${versionOf(number)}_${name}_postgresql_${connection}`;
}

/** The version of the n-th migration. */
export function versionOf(number: number): string {
  return `202501010000${String(number).padStart(2, '0')}`;
}

/** A migration that makes a table of its name and cannot be applied twice. */
export function table(
  number: number,
  name: string,
  {
    connection = 'core',
    schema = null,
    head = '',
    up = `CREATE TABLE ${name} (id int PRIMARY KEY);`,
    down = `DROP TABLE ${name};`,
  }: {
    readonly connection?: string;
    readonly schema?: string | null;
    readonly head?: string;
    readonly up?: string;
    readonly down?: string | null;
  } = {},
): Tree {
  const stem = `postgresql/${connection}/${versionOf(number)}_${name}`;
  const fixed = schema === null ? '' : `-- bfm: schema=${schema}\n`;
  return {
    [`${stem}.up.sql`]: `${fixed}${head === '' ? '' : `${head}\n`}${up}\n`,
    ...(down === null ? {} : { [`${stem}.down.sql`]: `${down}\n` }),
  };
}
