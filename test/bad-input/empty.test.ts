import { describeRefusals, type Refused } from './support/describe-refusals.ts';

function empty(name: string, text: string, excerpt: string): Refused {
  return {
    name,
    text,
    code: 'migration.empty',
    at: '1:1',
    excerpt,
    says: 'the migration holds no statement',
    mend: '`SELECT 1;`',
  };
}

describeRefusals('I6: a migration without a statement', [
  empty('0 bytes', '', ''),
  empty('white space', ' \t\n\r\n\f\v\n', ''),
  empty('a BOM and nothing', '\ufeff', ''),
  empty('a line comment', '-- to do', '-- to do'),
  empty('a block comment', '/* CREATE TABLE t (a int); */\n', '/* CREATE TABLE t (a int); */'),
  empty('comments of every kind', '-- a\n/* b /* c */ */\n--', '-- a'),
  empty('a semicolon', ';', ';'),
  empty('many semicolons and a comment', ';;\n; -- nothing\n;', ';;'),
  empty('a directive', '-- bfm: lock-timeout=2s\n', '-- bfm: lock-timeout=2s'),
]);
