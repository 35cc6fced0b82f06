import {
  advance,
  placeAt,
  type CompiledScript,
  type Fault,
  type Migration,
  type Place,
  type Script,
  type Statement,
} from '@bfm/core';
import type { CompileResult } from '@bfm/engine';
import { scriptFault, type ScriptFaultInit } from '../script-faults.ts';
import { isInsignificant, readSqlToken } from '../sql/sql-token.ts';
import { toBareStatement } from './bare-statement.ts';
import { findBatchFaults } from './batch-rules.ts';
import { diagnose, SCRIPT_FAULTS_MAX } from './diagnose.ts';
import {
  placeholderIn,
  warnOfLookalikes,
  warnOfValue,
  type ScriptWarningInit,
} from './literal-placeholders.ts';
import type { TreeNode } from './parse-tree.ts';
import { parseSql, type ParsedStatement } from './parse.ts';
import { markPlaceholders, type MarkedScript, type TextRange } from './placeholders.ts';
import { cutIntoChunks } from './script-chunks.ts';
import { RoleTracker } from './role-rules.ts';
import { findBrokenRule } from './statement-faults.ts';
import { UnqualifiedTracker } from './unqualified-names.ts';
import { checkVerify } from './verify-rules.ts';

/**
 * Cuts a PostgreSQL script into statements and checks each. Statements keep their placeholders; comments before and
 * after a statement, and its semicolon, are not part of it. Never throws for faulty input; see the port for what is
 * refused. `libpg-query` must have been loaded.
 */
export function compilePostgresql(migration: Migration, script: Script): CompileResult {
  const marked = markPlaceholders(script.text, script.execution.batchSize !== null);
  const reader = new ScriptReader(script, marked);
  for (const chunk of cutIntoChunks(marked.text)) {
    if (!reader.read(chunk.start, chunk.end) || reader.faults.length >= SCRIPT_FAULTS_MAX) break;
  }
  const faults = [...reader.faults];
  if (faults.length === 0) faults.push(...findFaultsOfWhole(reader, script, marked));
  const verify = checkVerify(script);
  if (verify.fault !== null) faults.push(verify.fault);
  const [first, ...rest] = faults.map((init): Fault => scriptFault(script, migration.id, init));
  if (first !== undefined) return { ok: false, faults: [first, ...rest] };
  const { statements, unqualified } = reader;
  const literalPlaceholder = toLiteralPlaceholder(script, reader.literalPlaceholder ?? verify.placeholder);
  return {
    ok: true,
    script: { statements, literalPlaceholder, unqualified: unqualified.names() },
    warnings: toWarnings(migration, script, reader),
  };
}

function toLiteralPlaceholder(
  { text }: Script,
  found: ReturnType<typeof placeholderIn>,
): CompiledScript['literalPlaceholder'] {
  return found === null ? null : { placeholder: found.placeholder, ...placeAt(text, found.index) };
}

function toWarnings({ id }: Migration, script: Script, { warnings }: ScriptReader): readonly Fault[] {
  return [...warnings, ...warnOfLookalikes(script.text)]
    .slice(0, SCRIPT_FAULTS_MAX)
    .map((init) => scriptFault(script, id, { ...init, code: 'source.suspicious' }));
}

/** What is wrong with a script all of whose statements are sound. */
function findFaultsOfWhole(
  reader: ScriptReader,
  script: Script,
  marked: MarkedScript,
): readonly ScriptFaultInit[] {
  if (reader.statements.length === 0) return [EMPTY];
  return [...reader.roles.faults(), ...findBatchFaults(script, marked, reader.batchStatements)];
}

const EMPTY: ScriptFaultInit = {
  code: 'migration.empty',
  index: 0,
  message: 'the migration holds no statement',
  mend: 'write the change, or remove the file; a migration that only marks a point can be `SELECT 1;`',
};

/** The significant part of a statement: from its first token to its last. */
interface Extent {
  readonly start: number;
  readonly end: number;
}

class ScriptReader {
  readonly statements: Statement[] = [];
  readonly faults: ScriptFaultInit[] = [];
  /** The first two statements of a backfill; the batch rules need no more. */
  readonly batchStatements: ParsedStatement[] = [];
  readonly roles = new RoleTracker();
  readonly unqualified = new UnqualifiedTracker();
  readonly warnings: ScriptWarningInit[] = [];
  /** The first placeholder in a literal or comment of a statement. */
  literalPlaceholder: ReturnType<typeof placeholderIn> = null;
  readonly #script: Script;
  readonly #marked: MarkedScript;
  #place: Place = { line: 1, column: 1 };
  #placeIndex = 0;
  #nextLiteral = 0;
  #count = 0;

  constructor(script: Script, marked: MarkedScript) {
    this.#script = script;
    this.#marked = marked;
  }

  /**
   * Reads the statements of one part of the script; parts are given in order and do not cut statements. False when the
   * part does not parse: then nobody knows how many statements it has, and reading ends.
   */
  read(start: number, end: number): boolean {
    const parsed = parseSql(this.#marked.text.slice(start, end));
    if (!parsed.ok) {
      const refused = { script: this.#script, marked: this.#marked.text };
      this.faults.push(...diagnose(refused, { start, end, firstStatement: this.#count + 1 }, parsed));
      return false;
    }
    for (const statement of parsed.statements) {
      this.#take(statement.node, this.#extentOf(start + statement.start, start + statement.end));
    }
    return true;
  }

  #take(node: TreeNode, extent: Extent): void {
    this.#count += 1;
    const broken = findBrokenRule(node, this.#script);
    if (broken !== null) {
      this.faults.push({ ...broken, index: extent.start, statement: this.#count });
      return;
    }
    this.roles.take(node, { index: extent.start, statement: this.#count });
    if (this.#script.execution.batchSize !== null && this.batchStatements.length < 2) {
      this.batchStatements.push({ node, ...extent });
    }
    const { start, end } = extent;
    this.#place = advance(this.#place, this.#script.text.slice(this.#placeIndex, start));
    this.#placeIndex = start;
    const bare = this.#script.execution.transaction === 'none' ? toBareStatement(node) : null;
    this.statements.push({ text: this.#script.text.slice(start, end), ...this.#place, bare });
    this.unqualified.take(node, { ...this.#place, statement: this.#count });
    this.#noteLiterals(extent);
  }

  #extentOf(from: number, to: number): Extent {
    const text = this.#marked.text;
    let start = -1;
    let end = from;
    for (let index = from; index < to;) {
      const token = readSqlToken(text, index);
      index = token.end;
      if (isInsignificant(token.kind)) continue;
      if (start < 0) start = token.start;
      end = token.end;
    }
    return { start: Math.max(start, from), end: Math.min(end, to) };
  }

  #noteLiterals({ start, end }: Extent): void {
    const literals = this.#marked.literalsWithPlaceholder;
    let literal = literals[this.#nextLiteral];
    while (literal !== undefined && literal[0] < end) {
      if (literal[1] > start) this.#noteLiteral(literal);
      this.#nextLiteral += 1;
      literal = literals[this.#nextLiteral];
    }
  }

  #noteLiteral(literal: TextRange): void {
    this.literalPlaceholder ??= placeholderIn(this.#script.text, literal);
    const warning = warnOfValue(this.#script.text, literal);
    if (warning !== null) this.warnings.push({ ...warning, statement: this.#count });
  }
}
