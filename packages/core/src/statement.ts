/** A database object as a statement names it; placeholders may stand for names. */
export interface ObjectName {
  /** `null`: found by the search path. */
  readonly schema: string | null;
  readonly name: string;
}

/**
 * What a statement that PostgreSQL runs outside of transactions only does, and so how to find out what became of it
 * when nobody heard its answer. `repeatable`: doing it again does no harm. `unknown`: nobody can find out.
 */
export type BareStatement =
  | { readonly effect: 'create_index'; readonly index: ObjectName; readonly table: ObjectName }
  | { readonly effect: 'drop_index'; readonly index: ObjectName }
  | {
      readonly effect: 'reindex_concurrently';
      /** A table or an index; `null`: a whole schema or database. */
      readonly relation: ObjectName | null;
      /** `null`: a relation, or the whole database. */
      readonly schema: string | null;
    }
  | { readonly effect: 'detach_partition'; readonly table: ObjectName; readonly partition: ObjectName }
  | {
      readonly effect: 'create' | 'drop';
      readonly object: 'database' | 'tablespace' | 'subscription';
      readonly name: string;
    }
  | { readonly effect: 'repeatable' }
  | { readonly effect: 'unknown' };

/** One SQL statement cut out of a script. */
export interface Statement {
  /** The statement's own text, placeholders still in it, without leading comments or the closing semicolon. */
  readonly text: string;
  /** 1-based line in the file where the statement starts. */
  readonly line: number;
  /** 1-based column, counted in characters (code points). */
  readonly column: number;
  /** Set when it runs alone, outside of any transaction; `null` when it runs in one. */
  readonly bare: BareStatement | null;
}

/** A script made ready to run: parsed, checked, cut into statements. */
export interface CompiledScript {
  readonly statements: readonly Statement[];
  /** True when a placeholder stands somewhere else than as an identifier, so that only plain names may fill it. */
  readonly placeholderInLiteral: boolean;
}
