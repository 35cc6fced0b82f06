import { alike, describeRefusals } from './support/describe-refusals.ts';

const code = 'migration.unparseable';

describeRefusals('I7: what is never closed is shown where it opened', [
  ...alike({ code, says: 'a text opened here is never closed', mend: "close it with '" }, [
    ["'", "SELECT 1;\nSELECT 'a\n  ;\nSELECT 2;\n", '2:8', "'a"],
    ["E'\\'", "SELECT 1;\n\nSELECT E'\\';\nSELECT 2", '3:8', "E'\\';"],
    ["'' is a quote inside", "SELECT 'it''s;", '1:8', "'it''s;"],
    ["U&'", "SELECT 1,\n U&'\\0061", '2:2', "U&'\\0061"],
    ['a long one', `SELECT '${'x'.repeat(100)}`, '1:8', `'${'x'.repeat(78)}…`],
    ['full of control characters', "SELECT '\u001b[31m\u202e\u0007", '1:8', "'\\u{1b}[31m\\u{202e}\\u{7}"],
  ]),
  ...alike({ code, says: 'a dollar-quoted text opened here is never closed', mend: 'the same tag' }, [
    ['$$', 'SELECT 1;\nDO $$ BEGIN\n NULL;\nEND', '2:4', '$$ BEGIN'],
    ['$tag$', 'SELECT 1;\nDO\n$tag$ x $$ y $tagg$', '3:1', '$tag$ x $$ y $tagg$'],
  ]),
  ...alike({ code, says: 'a quoted name opened here is never closed', mend: 'close it with "' }, [
    ['"', 'CREATE TABLE "t (a int);\nSELECT 1;', '1:14', '"t (a int);'],
    ['U&"', 'SELECT U&"d\\0061t', '1:8', 'U&"d\\0061t'],
  ]),
  ...alike({ code, says: 'a comment opened here is never closed', mend: 'comments nest' }, [
    ['/*', 'SELECT 1;\n  /* never\nSELECT 2;', '2:3', '/* never'],
    ['/* /* */', '-- head\nSELECT 1 /* a /* b */;\nSELECT 2;', '2:10', '/* a /* b */;'],
  ]),
]);
