import type { Place } from './text/place.ts';

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
  | {
      readonly effect: 'create_index';
      readonly index: ObjectName;
      readonly table: ObjectName;
      readonly unique: boolean;
      /** What stands behind the table's name, placeholders still in it; `null` when nobody can cut it out. */
      readonly definition: string | null;
    }
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
      readonly effect: 'create';
      readonly object: 'database' | 'tablespace' | 'subscription';
      readonly name: string;
      /** `null`: whoever runs it. */
      readonly owner: string | null;
      /** Of a tablespace. */
      readonly location: string | null;
    }
  | {
      readonly effect: 'drop';
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

/** An object that a script alters or drops without saying in which schema it is. */
export interface UnqualifiedChange extends Place {
  readonly kind: 'relation' | 'routine' | 'type';
  readonly name: string;
  /** 1-based. */
  readonly statement: number;
}

/** The objects of a script as far as the search path decides where they are. */
export interface UnqualifiedNames {
  /** What it makes, in whatever schema. */
  readonly creates: readonly string[];
  /** What it alters or drops, not having made it before: the search path finds it, perhaps in `public`. */
  readonly changes: readonly UnqualifiedChange[];
}

/** A placeholder inside a text, body or comment of a script. */
export interface LiteralPlaceholder extends Place {
  /** As it stands in the file. */
  readonly placeholder: string;
}

/** A script made ready to run: parsed, checked, cut into statements. */
export interface CompiledScript {
  readonly statements: readonly Statement[];
  /** The first placeholder that stands somewhere else than as an identifier: only plain names may fill any then. */
  readonly literalPlaceholder: LiteralPlaceholder | null;
  readonly unqualified: UnqualifiedNames;
}
