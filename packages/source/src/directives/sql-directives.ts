import { isInsignificant, readSqlToken, type SqlToken } from '../sql/sql-token.ts';
import type { DirectiveFault, DirectiveItem, FoundDirectives } from './directive.ts';
import { readDirectiveLine } from './directive-line.ts';

const DIRECTIVE = /^--[ \t]*bfm[ \t]*:/i;
const LEGACY_TAGS = /^--[ \t]*bfm-tags[ \t]*:/i;
const FORGOT_COLON = /^--[ \t]*bfm[ \t]+[a-z_-]+[ \t]*=/i;
const ANYWHERE = /--[ \t]*bfm[ \t]*:/i;

/**
 * Finds the directives of an SQL file: line comments `-- bfm: key=value` at its head, before the first text that is no
 * comment, and the older `-- bfm-tags: k=v, k=v`. A directive further down is a fault: it would silently do nothing.
 */
export function findSqlDirectives(text: string): FoundDirectives {
  const items: DirectiveItem[] = [];
  const faults: DirectiveFault[] = [];
  let index = 0;
  while (index < text.length) {
    const token = readSqlToken(text, index);
    if (!isInsignificant(token.kind)) break;
    index = token.end;
    if (token.kind !== 'line-comment') continue;
    const found = readComment(text.slice(token.start, token.end), token.start);
    items.push(...found.items);
    faults.push(...found.faults);
  }
  faults.push(...findMisplaced(text, index));
  return { items, faults };
}

function readComment(comment: string, start: number): FoundDirectives {
  const directive = DIRECTIVE.exec(comment);
  if (directive !== null) {
    const { length } = directive[0];
    return readDirectiveLine(comment.slice(length).trimEnd(), start + length);
  }
  const tags = LEGACY_TAGS.exec(comment);
  if (tags !== null) return readLegacyTags(comment.slice(tags[0].length), start + tags[0].length);
  if (!FORGOT_COLON.test(comment)) return { items: [], faults: [] };
  const fault = refuse(start, 'a directive needs a colon after bfm', 'write `-- bfm: key=value`');
  return { items: [], faults: [fault] };
}

function readLegacyTags(content: string, start: number): FoundDirectives {
  const items: DirectiveItem[] = [];
  let from = 0;
  for (const part of content.split(',')) {
    const value = part.trim();
    const valueIndex = start + from + (part.length - part.trimStart().length);
    if (value !== '') items.push({ key: 'tags', keyIndex: start, value, valueIndex });
    from += part.length + 1;
  }
  return { items, faults: [] };
}

function findMisplaced(text: string, from: number): DirectiveFault[] {
  // Most files hold no such text below their head; only then is the rest read token by token.
  if (!ANYWHERE.test(text.slice(from))) return [];
  const faults: DirectiveFault[] = [];
  for (let index = from; index < text.length;) {
    const token = readSqlToken(text, index);
    index = token.end;
    if (isDirective(text, token)) {
      faults.push(
        refuse(
          token.start,
          'a directive stands below the head of the file',
          'move it above the first statement',
        ),
      );
    }
  }
  return faults;
}

function isDirective(text: string, token: SqlToken): boolean {
  return token.kind === 'line-comment' && DIRECTIVE.test(text.slice(token.start, token.end));
}

function refuse(index: number, message: string, mend: string): DirectiveFault {
  return { code: 'migration.directive_invalid', index, message, mend };
}
