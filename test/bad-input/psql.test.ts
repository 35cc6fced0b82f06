import { alike, describeRefusals } from './support/describe-refusals.ts';

const code = 'migration.psql_command';
const COMMAND = {
  code,
  says: 'a psql command cannot stand in a migration; BFM is not psql',
  mend: 'BFM is not psql',
} as const;
const VARIABLE = {
  code,
  says: 'a psql variable',
  mend: 'write the value itself; BFM fills {{.Schema}}',
} as const;

describeRefusals('I9: what only psql understands', [
  ...alike(COMMAND, [
    ['\\connect', '\\connect other\nSELECT 1;', '1:1', '\\connect other'],
    ['\\i', 'SELECT 1;\n\\i other.sql\n', '2:1', '\\i other.sql'],
    ['\\ir', 'SELECT 1;\n  \\ir ../x.sql', '2:3', '\\ir ../x.sql'],
    ['\\copy', "\\copy t FROM 'x.csv' CSV", '1:1', "\\copy t FROM 'x.csv' CSV"],
    ['\\set', '\\set ON_ERROR_STOP on\nSELECT 1;', '1:1', '\\set ON_ERROR_STOP on'],
    ['\\gexec after a query', 'SELECT 1\n\\gexec\n', '2:1', '\\gexec'],
    ['\\if', '\\if true\nSELECT 1;', '1:1', '\\if true'],
    ['\\restrict of pg_dump', '--\n\n\\restrict abc\n\nSELECT 1;', '3:1', '\\restrict abc'],
  ]),
  ...alike(VARIABLE, [
    [':var', 'SELECT :var;', '1:8', ':var;'],
    [":'var'", "SELECT 1;\nSELECT :'var';", '2:8', ":'var';"],
    [':"var"', 'CREATE TABLE :"var" (a int);', '1:14', ':"var" (a int);'],
    [':batch without the directive', 'DELETE FROM kept WHERE id < :batch', '1:29', ':batch'],
  ]),
]);

const COPY_IN = { code, says: 'COPY ... FROM STDIN needs psql', mend: 'such as INSERT for rows' } as const;

describeRefusals('I10: rows for psql to send', [
  ...alike(COPY_IN, [
    [
      'data and \\.',
      'COPY kept (id, note) FROM stdin;\n1\tone\n2\ttwo\n\\.\nSELECT 1;\n',
      '1:1',
      'COPY kept (id, note) FROM stdin;',
    ],
    [
      'data without \\.',
      'SELECT 1;\nCOPY kept FROM STDIN;\n1\ta; b $$ \' "\n',
      '2:1',
      'COPY kept FROM STDIN;',
    ],
    [
      'no data',
      "COPY kept FROM STDIN WITH (FORMAT csv, DELIMITER ';');",
      '1:1',
      "COPY kept FROM STDIN WITH (FORMAT csv, DELIMITER ';');",
    ],
  ]),
  ...alike({ ...COPY_IN, says: 'COPY ... TO STDOUT needs psql' }, [
    ['TO STDOUT', 'COPY kept TO STDOUT', '1:1', 'COPY kept TO STDOUT'],
  ]),
]);
