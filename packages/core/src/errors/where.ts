/** The place an error speaks of; only what is known is there. */
export interface Where {
  /** Path relative to the sfm folder, or as the user gave it. */
  readonly file?: string;
  /** 1-based. */
  readonly line?: number;
  /** 1-based, in characters. */
  readonly column?: number;
  /** 1-based number of the statement in its file. */
  readonly statement?: number;
  readonly migration_id?: string;
  readonly connection?: string;
  readonly schema?: string;
}

/** `file:line:column` as far as known, for people and editors; empty when no file is known. */
export function formatPlace(where: Where): string {
  if (where.file === undefined) return '';
  const line = where.line === undefined ? '' : `:${where.line}`;
  const column = where.line === undefined || where.column === undefined ? '' : `:${where.column}`;
  return `${where.file}${line}${column}`;
}
