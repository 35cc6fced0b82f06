import type { Metafile, Plugin } from 'esbuild';

const FOLDER = 'lib/';

/** Leaves libraries out of a bundle, to be loaded from files of their own: what is not read takes no time. */
export function separateLibraries(names: readonly string[]): Plugin {
  return {
    name: 'separate-libraries',
    setup: (build) => {
      build.onResolve({ filter: new RegExp(`^(${names.join('|')})$`) }, ({ path }) => ({
        path: `./${libraryFile(path)}`,
        external: true,
      }));
    },
  };
}

/** The file of a library, relative to the folder of the bundle. */
export function libraryFile(name: string): string {
  return `${FOLDER}${name}.cjs`;
}

/** The libraries that a bundle asks for and that have to be built beside it. */
export function librariesOf({ outputs }: Metafile): readonly string[] {
  const paths = Object.values(outputs).flatMap(({ imports }) => imports.map(({ path }) => path));
  return [...new Set(paths.filter((path) => path.startsWith(`./${FOLDER}`)))].map((path) =>
    path.slice(`./${FOLDER}`.length, -'.cjs'.length),
  );
}
