/** What one command line leaves behind for whoever ends the process. */
export interface Invocation {
  exitCode: number;
  /** The folder of migrations, once it is known: places in errors are relative to it. */
  sourceRoot: string | null;
}
