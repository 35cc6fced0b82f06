import type { Plan, Statement, Where } from '@bfm/core';
import type { FileFinder } from '../output/error-view.ts';

/**
 * The files of a server as far as its plans tell of them: errors of steps are shown with the line they speak of, though the
 * files are elsewhere. What stands beside a statement in its line is not known.
 */
export class ServerFiles implements FileFinder {
  readonly #statements = new Map<string, readonly Statement[]>();

  /** Takes note of the statements of a plan. */
  know({ groups }: Plan): void {
    for (const { steps } of groups) {
      for (const { file, statements } of steps) this.#statements.set(file, statements);
    }
  }

  /** As the server has it. */
  readonly pathOf = (file: string): string => file;

  readonly lineAt = ({ file, line }: Where): string | null => {
    if (file === undefined || line === undefined) return null;
    for (const statement of this.#statements.get(file) ?? []) {
      const found = linesOf(statement)[line - statement.line];
      if (found !== undefined) return found;
    }
    return null;
  };
}

function linesOf({ text, column }: Statement): readonly string[] {
  return `${' '.repeat(column - 1)}${text};`.split('\n');
}
