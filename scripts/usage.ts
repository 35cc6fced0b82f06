import { readFileSync } from 'node:fs';

/** Whether a script is asked how it is used. */
export function asksForHelp(args: readonly string[]): boolean {
  const own = args.includes('--') ? args.slice(0, args.indexOf('--')) : args;
  return own.includes('--help') || own.includes('-h');
}

/** How a script is used, as the comment that it begins with says. */
export function usageOf(script: string): string {
  const comment = /^\/\*\*\n((?: \*.*\n)+?) \*\//.exec(readFileSync(script, 'utf8'))?.[1];
  if (comment === undefined) {
    throw new Error(`${script} does not begin with a comment that says how it is used`);
  }
  return comment.replace(/^ \* ?/gm, '');
}
