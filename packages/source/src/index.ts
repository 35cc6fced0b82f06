/**
 * Reads the `sfm/` tree into a catalog, and scripts into statements: file names and formats, directives, Go sidecars,
 * PostgreSQL's grammar. It knows files and text; it must not know any database, connection setting, run or clock. Main
 * entries: {@link loadSource}, {@link createScriptCompiler}.
 */
export { loadSource } from './load-source.ts';
export type { LoadedSource, LoadSourceOptions } from './load-source.ts';
export { createEffectReader } from './postgresql/effects/effect-reader.ts';
export { SCRIPT_LIMITS_DEFAULT } from './postgresql/script-limits.ts';
export type { ScriptLimits } from './postgresql/script-limits.ts';
export { createScriptCompiler } from './script-compiler.ts';
export { FILE_BYTES_MAX_DEFAULT } from './tree/read-script.ts';
export { readFileName } from './tree/file-name.ts';
export type { FileNameReading } from './tree/file-name.ts';
