import { describeRefusals, type Refused } from './support/describe-refusals.ts';

function psql(
  name: string,
  text: string,
  at: string,
  rest: Pick<Refused, 'excerpt' | 'says'> & Partial<Pick<Refused, 'mend'>>,
): Refused {
  return { name, text, code: 'migration.psql_command', at, mend: 'BFM is not psql', ...rest };
}

const COMMAND = { says: 'a psql command cannot stand in a migration; BFM is not psql' };
const VARIABLE = { says: 'a psql variable', mend: 'write the value itself; BFM fills {{.Schema}}' };

describeRefusals('I9: what only psql understands', [
  psql('\\connect', '\\connect other\nSELECT 1;', '1:1', { ...COMMAND, excerpt: '\\connect other' }),
  psql('\\i', 'SELECT 1;\n\\i other.sql\n', '2:1', { ...COMMAND, excerpt: '\\i other.sql' }),
  psql('\\ir', 'SELECT 1;\n  \\ir ../x.sql', '2:3', { ...COMMAND, excerpt: '\\ir ../x.sql' }),
  psql('\\copy', "\\copy t FROM 'x.csv' CSV", '1:1', { ...COMMAND, excerpt: "\\copy t FROM 'x.csv' CSV" }),
  psql('\\set', '\\set ON_ERROR_STOP on\nSELECT 1;', '1:1', {
    ...COMMAND,
    excerpt: '\\set ON_ERROR_STOP on',
  }),
  psql('\\gexec after a query', 'SELECT 1\n\\gexec\n', '2:1', { ...COMMAND, excerpt: '\\gexec' }),
  psql('\\if', '\\if true\nSELECT 1;', '1:1', { ...COMMAND, excerpt: '\\if true' }),
  psql('\\restrict of pg_dump', '--\n\n\\restrict abc\n\nSELECT 1;', '3:1', {
    ...COMMAND,
    excerpt: '\\restrict abc',
  }),
  psql(':var', 'SELECT :var;', '1:8', { ...VARIABLE, excerpt: ':var;' }),
  psql(":'var'", "SELECT 1;\nSELECT :'var';", '2:8', { ...VARIABLE, excerpt: ":'var';" }),
  psql(':"var"', 'CREATE TABLE :"var" (a int);', '1:14', { ...VARIABLE, excerpt: ':"var" (a int);' }),
  psql(':batch without the directive', 'DELETE FROM kept WHERE id < :batch', '1:29', {
    ...VARIABLE,
    excerpt: ':batch',
  }),
]);

const COPY = { says: 'COPY ... FROM STDIN needs psql at the other end', mend: 'such as INSERT for rows' };

describeRefusals('I10: rows for psql to send', [
  psql('data and \\.', 'COPY kept (id, note) FROM stdin;\n1\tone\n2\ttwo\n\\.\nSELECT 1;\n', '1:1', {
    ...COPY,
    excerpt: 'COPY kept (id, note) FROM stdin;',
  }),
  psql('data without \\.', 'SELECT 1;\nCOPY kept FROM STDIN;\n1\ta; b $$ \' "\n', '2:1', {
    ...COPY,
    excerpt: 'COPY kept FROM STDIN;',
  }),
  psql('no data', "COPY kept FROM STDIN WITH (FORMAT csv, DELIMITER ';');", '1:1', {
    ...COPY,
    excerpt: "COPY kept FROM STDIN WITH (FORMAT csv, DELIMITER ';');",
  }),
  psql('TO STDOUT', 'COPY kept TO STDOUT', '1:1', {
    ...COPY,
    says: 'COPY ... TO STDOUT needs psql',
    excerpt: 'COPY kept TO STDOUT',
  }),
]);
