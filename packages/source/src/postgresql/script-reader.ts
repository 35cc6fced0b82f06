import { advance, type Place, type Script, type Statement } from '@bfm/core';
import type { ScriptFaultInit } from '../script-faults.ts';
import type { StatementPiece } from '../sql/split-statements.ts';
import { isInsignificant, readSqlToken } from '../sql/sql-token.ts';
import { toBareStatement } from './bare-statement.ts';
import { diagnose, diagnoseUnparsed, refusalOf, SCRIPT_FAULTS_MAX } from './diagnose.ts';
import { cutRows } from './large-statement.ts';
import { placeholderIn, warnOfValue, type ScriptWarningInit } from './literal-placeholders.ts';
import type { TreeNode } from './parse-tree.ts';
import { parseSql, type ParsedStatement } from './parse.ts';
import type { MarkedScript, TextRange } from './placeholders.ts';
import { RoleTracker } from './role-rules.ts';
import type { Chunk } from './script-chunks.ts';
import { tooManyStatements, tooManyTokens, type ScriptLimits } from './script-limits.ts';
import { findBrokenRule } from './statement-faults.ts';
import { UnqualifiedTracker } from './unqualified-names.ts';

/** The significant part of a statement: from its first token to its last. */
interface Extent {
  readonly start: number;
  readonly end: number;
}

/** Reads the statements of one script, part by part, and everything that is wrong or odd about them. */
export class ScriptReader {
  readonly statements: Statement[] = [];
  readonly faults: ScriptFaultInit[] = [];
  readonly warnings: ScriptWarningInit[] = [];
  /** The first two statements of a backfill; the batch rules need no more. */
  readonly batchStatements: ParsedStatement[] = [];
  readonly roles = new RoleTracker();
  readonly unqualified = new UnqualifiedTracker();
  /** The first placeholder in a literal or comment of a statement. */
  literalPlaceholder: ReturnType<typeof placeholderIn> = null;
  readonly #script: Script;
  readonly #marked: MarkedScript;
  readonly #limits: ScriptLimits;
  #place: Place = { line: 1, column: 1 };
  #placeIndex = 0;
  #nextLiteral = 0;
  #count = 0;

  constructor(script: Script, marked: MarkedScript, limits: ScriptLimits) {
    this.#script = script;
    this.#marked = marked;
    this.#limits = limits;
  }

  /**
   * Reads the statements of one part of the script; parts are given in order and do not cut statements. False when
   * reading ends here: the part does not parse, so that nobody knows how many statements it has, or enough is wrong.
   */
  read(chunk: Chunk): boolean {
    const isSound = chunk.large === null ? this.#readSmall(chunk) : this.#readLarge(chunk.large);
    return isSound && this.faults.length < SCRIPT_FAULTS_MAX;
  }

  #readSmall({ start, end }: Chunk): boolean {
    const parsed = parseSql(this.#marked.text.slice(start, end));
    if (!parsed.ok) {
      const refused = { script: this.#script, marked: this.#marked.text };
      this.faults.push(...diagnose(refused, { start, end, firstStatement: this.#count + 1 }, parsed));
      return false;
    }
    return parsed.statements.every((statement) => {
      const extent = this.#extentOf(start + statement.start, start + statement.end);
      return this.#take([statement.node], extent);
    });
  }

  /** A statement that no tree of it as a whole could be held of is parsed with some of its rows at a time. */
  #readLarge(piece: StatementPiece): boolean {
    const { text } = this.#marked;
    const place = { index: piece.start, statement: this.#count + 1 };
    const unparsed = diagnoseUnparsed(piece);
    const parts = unparsed === null ? cutRows(text, piece, this.#limits.statementTokensMax) : [];
    if (unparsed !== null || parts === null) {
      this.faults.push(
        unparsed === null ? tooManyTokens(place, this.#limits) : { ...unparsed, statement: place.statement },
      );
      return false;
    }
    const refused = { script: this.#script, marked: text };
    const nodes: TreeNode[] = [];
    for (const part of parts) {
      const parsed = parseSql(part.text);
      if (!parsed.ok) {
        const index = part.toIndex(parsed.index);
        this.faults.push({
          ...refusalOf(refused, { message: parsed.message, index }),
          statement: place.statement,
        });
        return false;
      }
      const [first] = parsed.statements;
      if (first === undefined) continue;
      const broken = findBrokenRule(first.node, this.#script);
      if (broken !== null || nodes.length === 0) nodes.push(first.node);
    }
    return this.#take(nodes, piece);
  }

  /** Takes a statement; of one in parts, the first and those that break a rule. */
  #take(nodes: readonly TreeNode[], extent: Extent): boolean {
    this.#count += 1;
    const place = { index: extent.start, statement: this.#count };
    if (this.#count > this.#limits.statementsMax) {
      this.faults.push(tooManyStatements(place, this.#limits));
      return false;
    }
    const broken = nodes.map((node) => findBrokenRule(node, this.#script)).find((rule) => rule !== null);
    const [node] = nodes;
    if (broken !== undefined) this.faults.push({ ...broken, ...place });
    else if (node !== undefined) this.#add(node, extent);
    return true;
  }

  #add(node: TreeNode, extent: Extent): void {
    const { start, end } = extent;
    const { execution, text } = this.#script;
    this.roles.take(node, { index: start, statement: this.#count });
    if (execution.batchSize !== null && this.batchStatements.length < 2) {
      this.batchStatements.push({ node, ...extent });
    }
    this.#place = advance(this.#place, text.slice(this.#placeIndex, start));
    this.#placeIndex = start;
    const own = { text: text.slice(start, end), marked: this.#marked.text.slice(start, end) };
    const bare = execution.transaction === 'none' ? toBareStatement(node, own) : null;
    this.statements.push({ text: own.text, ...this.#place, bare });
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
