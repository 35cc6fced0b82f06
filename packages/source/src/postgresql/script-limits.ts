import type { ScriptFaultInit } from '../script-faults.ts';

/** How much one script may hold, so that compiling and running it needs no more than some hundred megabytes. */
export interface ScriptLimits {
  readonly statementsMax: number;
  /**
   * Words, signs and literals of one statement; a literal counts once, whatever its length, and of the rows of a long
   * VALUES list only some thousand count, because they are parsed a part at a time.
   */
  readonly statementTokensMax: number;
}

/** What holds unless configured otherwise: the CLI then needs less than 300 MB, as test/bad-input/limits.test.ts measures. */
export const SCRIPT_LIMITS_DEFAULT: ScriptLimits = { statementsMax: 50_000, statementTokensMax: 250_000 };

type Place = Pick<ScriptFaultInit, 'index' | 'statement'>;

/** The fault of a script with more statements than allowed. */
export function tooManyStatements(place: Place, { statementsMax }: ScriptLimits): ScriptFaultInit {
  return {
    ...place,
    code: 'migration.too_large',
    message: `the file has more than the ${statementsMax} statements allowed`,
    mend: 'split the file, write rows as one INSERT ... VALUES (...), (...), or raise BFM_STATEMENTS_MAX',
  };
}

/** The fault of a statement with more in it than allowed. */
export function tooManyTokens(place: Place, { statementTokensMax }: ScriptLimits): ScriptFaultInit {
  return {
    ...place,
    code: 'migration.too_large',
    message: `the statement has more than the ${statementTokensMax} words and signs allowed`,
    mend: 'split the statement, or raise BFM_STATEMENT_TOKENS_MAX',
  };
}
