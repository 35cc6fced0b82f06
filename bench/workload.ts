/** One migration, as every contender gets it. */
export interface BenchMigration {
  readonly name: string;
  readonly up: string;
  readonly down: string;
}

const OPTIONAL_COLUMNS = [
  "status text not null default 'new'",
  'amount numeric(12,2)',
  "meta jsonb not null default '{}'",
  'updated_at timestamptz',
];
const SEED_ROWS = 10;

type Kind = (table: string, number: number) => BenchMigration;

/** What every table goes through, one migration each. */
const KINDS: readonly Kind[] = [createTable, createIndex, alterTable, seedRows, createFunction];

/** The first `count` migrations of the common workload: small ones, of five kinds in turn, a table for every five. */
export function generateMigrations(count: number): readonly BenchMigration[] {
  return Array.from({ length: count }, (_, index) => {
    const number = Math.floor(index / KINDS.length) + 1;
    const kind = KINDS[index % KINDS.length] ?? createTable;
    return kind(`item_${String(number).padStart(3, '0')}`, number);
  });
}

function createTable(table: string, number: number): BenchMigration {
  const columns = [
    'id bigint generated always as identity primary key',
    'tenant_ref uuid',
    'code text not null',
    'title varchar(200) not null',
    'qty integer not null default 0',
    'created_at timestamptz not null default now()',
    ...OPTIONAL_COLUMNS.slice(0, (number - 1) % (OPTIONAL_COLUMNS.length + 1)),
  ];
  return {
    name: `create_${table}`,
    up: `create table ${table} (\n  ${columns.join(',\n  ')}\n);\n`,
    down: `drop table ${table};\n`,
  };
}

function createIndex(table: string): BenchMigration {
  return {
    name: `index_${table}_code`,
    up: `create index ${table}_code_idx on ${table} (code, created_at);\n`,
    down: `drop index ${table}_code_idx;\n`,
  };
}

function alterTable(table: string): BenchMigration {
  return {
    name: `add_${table}_note`,
    up: `alter table ${table} add column note text, add column rank integer not null default 1;\n`,
    down: `alter table ${table} drop column note, drop column rank;\n`,
  };
}

function seedRows(table: string, number: number): BenchMigration {
  const rows = Array.from(
    { length: SEED_ROWS },
    (_, row) => `  ('C${number}-${row}', 'Seed row ${row} for ${table}', ${row * 3})`,
  );
  return {
    name: `seed_${table}`,
    up: `insert into ${table} (code, title, qty) values\n${rows.join(',\n')};\n`,
    down: `delete from ${table} where code like 'C${number}-%';\n`,
  };
}

function createFunction(table: string): BenchMigration {
  const body = [
    'declare',
    '  n bigint;',
    'begin',
    `  select coalesce(sum(qty), 0) into n from ${table} where qty >= min_qty; -- ; inside the body`,
    '  return n;',
    'end',
  ];
  return {
    name: `fn_${table}_total`,
    up: `create function ${table}_total(min_qty integer) returns bigint language plpgsql stable as $$\n${body.join('\n')}\n$$;\n`,
    down: `drop function ${table}_total(integer);\n`,
  };
}

/** One table, and then so many times a column with a default: each of them is one deployment to a whole fleet. */
export function generateColumns(columns: number): readonly BenchMigration[] {
  const table = 'item_001';
  const added = Array.from({ length: columns }, (_, index): BenchMigration => {
    const column = `c${index + 1}`;
    return {
      name: `add_${column}`,
      up: `alter table ${table} add column ${column} text not null default 'x';\n`,
      down: `alter table ${table} drop column ${column};\n`,
    };
  });
  return [createTable(table, 1), ...added];
}

/** As many migrations as asked for that do next to nothing: what counts is that they are there. */
export function generateTrivial(count: number): readonly BenchMigration[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `nothing_${index + 1}`,
    up: `select ${index + 1};\n`,
    down: `select ${-index - 1};\n`,
  }));
}
