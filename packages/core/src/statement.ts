/** One SQL statement cut out of a script. */
export interface Statement {
  /** The statement's own text, placeholders still in it, without leading comments or the closing semicolon. */
  readonly text: string;
  /** 1-based line in the file where the statement starts. */
  readonly line: number;
  /** 1-based column, counted in characters (code points). */
  readonly column: number;
}

/** A script made ready to run: parsed, checked, cut into statements. */
export interface CompiledScript {
  readonly statements: readonly Statement[];
  /** True when a placeholder stands somewhere else than as an identifier, so that only plain names may fill it. */
  readonly placeholderInLiteral: boolean;
}
