import type { Script } from '@bfm/core';
import type { ScriptFaultInit } from '../script-faults.ts';
import { splitStatements, type StatementPiece } from '../sql/split-statements.ts';
import { readSqlToken, type SqlToken, type SqlTokenKind } from '../sql/sql-token.ts';
import { shorten } from '../text/excerpt.ts';
import { describeStrangeWord } from '../text/suspicious-characters.ts';
import { describeTemplate } from './literal-placeholders.ts';
import { parseSql, type ParseResult } from './parse.ts';
import { withPlaceholders } from './placeholders.ts';
import { findBrokenRule, PSQL_MEND } from './statement-faults.ts';

/** More faults than this of one script are not told: the first ones are the cause of the rest often enough. */
export const SCRIPT_FAULTS_MAX = 20;

const UNTERMINATED: Readonly<Partial<Record<SqlTokenKind, readonly [string, string]>>> = {
  string: ['a text opened here is never closed', "close it with '; inside a text, ' is written ''"],
  'dollar-string': ['a dollar-quoted text opened here is never closed', 'close it with the same tag'],
  'quoted-identifier': ['a quoted name opened here is never closed', 'close it with "'],
  'block-comment': [
    'a comment opened here is never closed',
    'close it with */; comments nest, so that each /* needs its own',
  ],
};

const PLACEHOLDER_JOINED =
  /[A-Za-z0-9_$"\u0080-\uffff]\{\{\.\w+\}\}|\{\{\.\w+\}\}[A-Za-z0-9_$"\u0080-\uffff]/;
/** How far round a fault a misused placeholder is looked for, in UTF-16 units. */
const NEAR = 60;

const PSQL_VARIABLE = /^:['"]?[A-Za-z_]/;

/** A script that the parser refused, in both forms. */
export interface RefusedScript {
  readonly script: Script;
  /** The script's text with placeholders replaced; every index fits both. */
  readonly marked: string;
}

/** The part of a script to look at, and the number of its first statement. */
export interface DiagnosedRange {
  readonly start: number;
  readonly end: number;
  readonly firstStatement: number;
}

/**
 * Says what is wrong with a script that does not parse: cuts it into statements without the parser and looks at each
 * alone, so that one run tells of every faulty statement and of the line where an open quote began. At least one fault.
 */
export function diagnose(
  refused: RefusedScript,
  range: DiagnosedRange,
  failure: Extract<ParseResult, { ok: false }>,
): readonly ScriptFaultInit[] {
  const text = refused.marked.slice(range.start, range.end);
  const faults: ScriptFaultInit[] = [];
  let statement = range.firstStatement;
  for (const piece of splitStatements(text)) {
    if (faults.length >= SCRIPT_FAULTS_MAX) break;
    const fault = diagnosePiece(refused, shift(piece, range.start));
    if (fault !== null) faults.push({ ...fault, statement });
    statement += 1;
  }
  if (faults.length > 0) return faults;
  return [unparseable(refused.script, { message: failure.message, index: range.start + failure.index })];
}

/** A piece found in a part of the script, by its place in the whole. */
function shift(piece: StatementPiece, by: number): StatementPiece {
  const moved = <T extends SqlToken | null>(token: T): T =>
    token === null ? token : { ...token, start: token.start + by, end: token.end + by };
  return {
    ...piece,
    start: piece.start + by,
    end: piece.end + by,
    unterminated: moved(piece.unterminated),
    metaCommand: moved(piece.metaCommand),
  };
}

function diagnosePiece(refused: RefusedScript, piece: StatementPiece): ScriptFaultInit | null {
  const unparsed = diagnoseUnparsed(piece);
  if (unparsed !== null) return unparsed;
  const parsed = parseSql(refused.marked.slice(piece.start, piece.end));
  if (!parsed.ok) {
    return refusalOf(refused, { message: parsed.message, index: piece.start + parsed.index });
  }
  const [first] = parsed.statements;
  const broken = first === undefined ? null : findBrokenRule(first.node, refused.script);
  return broken === null ? null : { ...broken, index: piece.start };
}

/** What is wrong with a statement as far as it shows without parsing it. */
export function diagnoseUnparsed(piece: StatementPiece): ScriptFaultInit | null {
  if (piece.metaCommand !== null) return psqlCommand(piece.metaCommand);
  if (piece.copiesFromStdin) {
    return {
      code: 'migration.psql_command',
      index: piece.start,
      message: 'COPY ... FROM STDIN needs psql at the other end; BFM is not psql',
      mend: PSQL_MEND,
    };
  }
  return piece.unterminated === null ? null : unterminated(piece.unterminated);
}

/** Says what the parser stumbled on; the index is one of the whole script. */
export function refusalOf(
  { script, marked }: RefusedScript,
  failure: { readonly message: string; readonly index: number },
): ScriptFaultInit {
  return isPsqlVariable(marked, failure.index) ? psqlVariable(failure.index) : unparseable(script, failure);
}

function psqlCommand({ start }: SqlToken): ScriptFaultInit {
  return {
    code: 'migration.psql_command',
    index: start,
    message: 'a psql command cannot stand in a migration; BFM is not psql',
    mend: PSQL_MEND,
  };
}

function isPsqlVariable(text: string, index: number): boolean {
  return PSQL_VARIABLE.test(text.slice(index, index + 3)) && text.charAt(index - 1) !== ':';
}

function psqlVariable(index: number): ScriptFaultInit {
  return {
    code: 'migration.psql_command',
    index,
    message: 'a psql variable cannot stand in a migration; BFM is not psql',
    mend: 'write the value itself; BFM fills {{.Schema}}, {{.Connection}}, {{.Backend}} and {{.Version}}, and :batch in a backfill',
  };
}

function unterminated({ kind, start }: SqlToken): ScriptFaultInit {
  const [message, mend] = UNTERMINATED[kind] ?? ['something opened here is never closed', 'close it'];
  return { code: 'migration.unparseable', index: start, message, mend };
}

function unparseable(
  script: Script,
  { message, index }: { readonly message: string; readonly index: number },
): ScriptFaultInit {
  return {
    code: 'migration.unparseable',
    index,
    // The parser quotes the token it stumbled on, whatever its length.
    message: shorten(withPlaceholders(message)),
    mend: mendAt(script.text, index),
  };
}

function mendAt(text: string, index: number): string {
  if (PLACEHOLDER_JOINED.test(text.slice(Math.max(0, index - NEAR), index + NEAR))) {
    return 'a placeholder is a whole name, and BFM quotes it: write it without quotes and joined to nothing, as in {{.Schema}}.t';
  }
  const template = describeTemplate(text, index);
  if (template !== null) return template;
  const { kind, start, end } = readSqlToken(text, index);
  const strange = kind === 'word' ? describeStrangeWord(text.slice(start, end)) : null;
  return strange ?? 'mend the statement; it is read with the grammar of PostgreSQL 18';
}
