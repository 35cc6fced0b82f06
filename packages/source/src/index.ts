/**
 * Reads the `sfm/` tree into a catalog, and scripts into statements: file names and formats, directives, Go sidecars,
 * PostgreSQL's grammar. It knows files and text; it must not know any database, connection setting, run or clock. Main
 * entries: {@link createScriptCompiler}.
 */
export { createScriptCompiler } from './script-compiler.ts';
