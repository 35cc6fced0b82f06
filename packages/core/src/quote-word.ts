/** A word as a POSIX shell reads it back, for commands that people are told to type. */
export function quoteWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** An option with its value as a command line of `bfm` takes it; a value that looks like an option is bound with `=`. */
export function quoteOption(flag: string, value: string): string {
  return value.startsWith('-') ? quoteWord(`${flag}=${value}`) : `${flag} ${quoteWord(value)}`;
}
