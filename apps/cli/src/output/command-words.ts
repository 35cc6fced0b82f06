import { VERBS } from './verbs.ts';

/** A part of a text that lines are not broken in. */
export interface Piece {
  readonly text: string;
  /** A command with its arguments: whoever copies the line it stands in wants that and nothing else. */
  readonly isCommand: boolean;
}

/** Commands whose next word is a command of its own. */
const PARENTS: ReadonlySet<string> = new Set([
  'audit',
  'repair',
  'run',
  'target',
  'token',
  'lock',
  'import',
  'help',
]);
/** Commands that take words which are no options. */
const TAKE_WORDS: ReadonlySet<string> = new Set([
  'cancel',
  'completion',
  'create',
  'drop',
  'forget-target',
  'new',
  'pause',
  'release',
  'rename-connection',
  'resume',
  'retry',
  'revoke',
  'rotate',
  'show',
  'watch',
]);
/** Options that take no value. */
const FLAG =
  /^--(?:all|all-tenants|allow-different|allow-non-empty|create-schemas|detach|down|dry-run|exit-code|fail-fast|failpoints|json|quiet|retired|sql|verbose|yes)$/;
/** What ends a sentence's part, and with it a command. */
const ENDS = /[;,)]$|:$|\.$/;

/** Takes a text apart where lines may be broken: at spaces, but not inside of a command line or between an option and its value. */
export function toPieces(text: string): readonly Piece[] {
  const words = text.split(' ');
  const pieces: Piece[] = [];
  for (let at = 0; at < words.length;) {
    const length = Math.max(1, unbrokenFrom(words, at));
    const isCommand = length > 1 && !(words[at] ?? '').startsWith('-');
    pieces.push({ text: words.slice(at, at + length).join(' '), isCommand });
    at += length;
  }
  return pieces;
}

/** How many words from here on belong together; 0 or 1: this one stands by itself. */
function unbrokenFrom(words: readonly string[], at: number): number {
  if (/^--?[a-z]/.test(words[at] ?? '')) {
    return /^[A-Z]+[;,.)]?$/.test(words[at + 1] ?? '') && !ENDS.test(words[at] ?? '') ? 2 : 1;
  }
  const name = programLength(words, at);
  return name === 0 ? 1 : new CommandReader(words, at + name).end() - at;
}

/** `bfm`, `npx bfm` and `node .../bfm.cjs`: as how many words the program is called. */
function programLength(words: readonly string[], at: number): number {
  const [first = '', second = ''] = words.slice(at, at + 2);
  if (/^\(?bfm$/.test(first)) return 1;
  return (/^\(?npx$/.test(first) && second === 'bfm') || (first === 'node' && /bfm\.cjs$/.test(second))
    ? 2
    : 0;
}

class CommandReader {
  readonly #words: readonly string[];
  #at: number;

  constructor(words: readonly string[], at: number) {
    this.#words = words;
    this.#at = at;
  }

  /** The number of the first word behind the command. */
  end(): number {
    const before = this.#at;
    const verb = this.#takeName();
    if (!VERBS.includes(verb)) return before;
    const name = PARENTS.has(verb) ? this.#takeName() : verb;
    if (TAKE_WORDS.has(name)) this.#takeWhile((word) => /^(?!--|>)./.test(word));
    this.#takeOptions();
    // Where its output goes belongs to it.
    if (this.#isOpen() && /^>>?$/.test(this.#next)) this.#at += 2;
    return this.#at;
  }

  #takeOptions(): void {
    while (this.#isOpen() && this.#next.startsWith('--')) this.#takeOption();
  }

  #takeWhile(isMeant: (word: string) => boolean): void {
    while (this.#isOpen() && isMeant(this.#next)) this.#at += 1;
  }

  get #next(): string {
    return this.#words[this.#at] ?? '';
  }

  /** Whether the command can go on: there are words left, and no punctuation has ended it. */
  #isOpen(): boolean {
    return this.#at < this.#words.length && !ENDS.test(this.#words[this.#at - 1] ?? '');
  }

  #takeName(): string {
    if (!this.#isOpen() || !/^[a-z][a-z-]*[;,.:)]?$/.test(this.#next)) return '';
    this.#at += 1;
    return (this.#words[this.#at - 1] ?? '').replace(ENDS, '');
  }

  #takeOption(): void {
    const option = this.#next;
    this.#takeWord();
    if (FLAG.test(option) || option.includes('=') || !this.#isOpen() || this.#next.startsWith('--')) return;
    this.#takeWord();
  }

  /** One word of a shell: what is quoted goes on to the end of the quotes. */
  #takeWord(): void {
    let open = quotesOf(this.#next) % 2;
    this.#at += 1;
    while (open === 1 && this.#at < this.#words.length) {
      open = (open + quotesOf(this.#next)) % 2;
      this.#at += 1;
    }
  }
}

function quotesOf(word: string): number {
  return word.split("'").length - 1;
}
