/** Follows every relative link of every Markdown file, anchors included. Addresses of the web are left alone. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { listFiles } from './list-files.ts';
import { ROOT } from './root.ts';

const FENCE = /^(\s*)(`{3,}|~{3,})[^\n]*\n[\s\S]*?^\1\2[`~]*\s*$/gm;
const INLINE_LINK = /!?\[(?:[^\]\\]|\\.)*\]\(\s*<?([^)\s>]+)>?(?:\s+["'(][^)]*)?\s*\)/g;
const DEFINITION = /^\s{0,3}\[[^\]]+\]:\s*<?(\S+?)>?(?:\s+["'(].*)?$/gm;
const HTML_ANCHOR = /<[a-z][^>]*\s(?:id|name)="([^"]+)"/gi;
const ELSEWHERE = /^[a-z][a-z0-9+.-]*:|^\/\//i;

interface Link {
  readonly target: string;
  readonly line: number;
}

/** Blanks what is code, keeping its line breaks so that line numbers stay right. */
function withoutCode(text: string): string {
  const blank = (code: string): string => code.replace(/[^\n]/g, ' ');
  return text.replace(FENCE, blank).replace(/<!--[\s\S]*?-->/g, blank);
}

function findLinks(text: string): readonly Link[] {
  // Inline code is blanked here only: a heading's anchor is made from its code, too.
  const prose = withoutCode(text).replace(/(`+)(?!`)[^\n]*?[^`\n]\1(?!`)/g, (code) =>
    ' '.repeat(code.length),
  );
  return [INLINE_LINK, DEFINITION].flatMap((pattern) =>
    [...prose.matchAll(pattern)].map((match) => ({
      target: match[1] ?? '',
      line: prose.slice(0, match.index).split('\n').length + (/^\n*/.exec(match[0])?.[0].length ?? 0),
    })),
  );
}

/** The anchor that hosts of repositories give a heading. */
export function toAnchor(heading: string): string {
  return heading
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[*`]|<[^>]+>/g, '')
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
    .replaceAll(' ', '-');
}

function findAnchors(text: string): ReadonlySet<string> {
  const prose = withoutCode(text);
  const anchors = new Set([...prose.matchAll(HTML_ANCHOR)].map((match) => match[1] ?? ''));
  const seen = new Map<string, number>();
  for (const match of prose.matchAll(/^#{1,6}\s+(.+?)\s*#*\s*$/gm)) {
    const anchor = toAnchor(match[1] ?? '');
    const count = seen.get(anchor) ?? 0;
    anchors.add(count === 0 ? anchor : `${anchor}-${count}`);
    seen.set(anchor, count + 1);
  }
  return anchors;
}

/** Says what is wrong with a link, or nothing. */
function judge(root: string, file: string, target: string): string | null {
  const [path = '', anchor] = decodeURI(target).split('#', 2);
  if (path.startsWith('/')) return 'is absolute; write it relative to the file';
  const to = path === '' ? join(root, file) : resolve(root, dirname(file), path);
  if (relative(root, to).startsWith('..')) return 'leads out of the repository';
  if (!existsSync(to)) return 'leads nowhere';
  if (anchor === undefined || !to.endsWith('.md') || statSync(to).isDirectory()) return null;
  return findAnchors(readFileSync(to, 'utf8')).has(anchor) ? null : 'names no heading of that file';
}

/** Gives a line `file:line: link ...` for every link that cannot be followed. */
export function findDeadLinks(root: string, files: readonly string[]): readonly string[] {
  return files.flatMap((file) =>
    findLinks(readFileSync(join(root, file), 'utf8'))
      .filter(({ target }) => !ELSEWHERE.test(target))
      .flatMap(({ target, line }) => {
        const fault = judge(root, file, target);
        return fault === null ? [] : [`${file}:${line}: ${target} ${fault}`];
      }),
  );
}

if (import.meta.main) {
  const dead = findDeadLinks(
    ROOT,
    listFiles().filter((file) => file.endsWith('.md')),
  );
  for (const line of dead) console.error(line);
  process.exitCode = dead.length === 0 ? 0 : 1;
}
