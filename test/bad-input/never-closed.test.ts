import { describeRefusals, type Refused } from './support/describe-refusals.ts';

function open(
  name: string,
  text: string,
  at: string,
  rest: Pick<Refused, 'excerpt' | 'says' | 'mend'>,
): Refused {
  return { name, text, code: 'migration.unparseable', at, ...rest };
}

const TEXT = { says: 'a text opened here is never closed', mend: "close it with '" };
const NAME = { says: 'a quoted name opened here is never closed', mend: 'close it with "' };
const DOLLAR = { says: 'a dollar-quoted text opened here is never closed', mend: 'the same tag' };
const COMMENT = { says: 'a comment opened here is never closed', mend: 'comments nest' };

describeRefusals('I7: what is never closed is shown where it opened', [
  open("'", "SELECT 1;\nSELECT 'a\n  ;\nSELECT 2;\n", '2:8', { ...TEXT, excerpt: "'a" }),
  open("E'\\'", "SELECT 1;\n\nSELECT E'\\';\nSELECT 2", '3:8', { ...TEXT, excerpt: "E'\\';" }),
  open("'' is a quote inside", "SELECT 'it''s;", '1:8', { ...TEXT, excerpt: "'it''s;" }),
  open("U&'", "SELECT 1,\n U&'\\0061", '2:2', { ...TEXT, excerpt: "U&'\\0061" }),
  open('$$', 'SELECT 1;\nDO $$ BEGIN\n NULL;\nEND', '2:4', { ...DOLLAR, excerpt: '$$ BEGIN' }),
  open('$tag$', 'SELECT 1;\nDO\n$tag$ x $$ y $tagg$', '3:1', { ...DOLLAR, excerpt: '$tag$ x $$ y $tagg$' }),
  open('"', 'CREATE TABLE "t (a int);\nSELECT 1;', '1:14', { ...NAME, excerpt: '"t (a int);' }),
  open('/*', 'SELECT 1;\n  /* never\nSELECT 2;', '2:3', { ...COMMENT, excerpt: '/* never' }),
  open('/* /* */', '-- head\nSELECT 1 /* a /* b */;\nSELECT 2;', '2:10', {
    ...COMMENT,
    excerpt: '/* a /* b */;',
  }),
  open('a long one', `SELECT '${'x'.repeat(100)}`, '1:8', { ...TEXT, excerpt: `'${'x'.repeat(78)}…` }),
  open('one full of control characters', "SELECT '\u001b[31m\u202e\u0007", '1:8', {
    ...TEXT,
    excerpt: "'\\u{1b}[31m\\u{202e}\\u{7}",
  }),
]);
