import path, { type PlatformPath } from 'node:path';

/** A path as messages show it: with `/`, on Windows, too, where Node takes both. */
export function withSlashes(file: string, { sep }: Pick<PlatformPath, 'sep'> = path): string {
  return sep === '\\' ? file.replaceAll('\\', '/') : file;
}

/** A path as seen from a folder; one that is not below it stays whole. */
export function pathFrom(folder: string, file: string, paths: PlatformPath = path): string {
  return withSlashes(isBelow(folder, file, paths) ? paths.relative(folder, file) : file, paths);
}

/** Tells whether a path leads to something inside a folder. On Windows two drives have no way between them. */
export function isBelow(folder: string, file: string, paths: PlatformPath = path): boolean {
  const way = paths.relative(folder, file);
  return way !== '..' && !way.startsWith(`..${paths.sep}`) && !paths.isAbsolute(way);
}
