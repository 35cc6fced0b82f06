import { createRequire } from 'node:module';
import type { Plugin } from 'esbuild';

/** Modules that are slow to load and seldom used, by what is used of them. */
interface LazyModules {
  /** Packages whose default export is a function: loaded when it is called. */
  readonly functions: readonly string[];
  /** Modules of Node itself: loaded when a property is read. */
  readonly builtins: readonly string[];
}

/** Says to the plugin itself: this time give the real one. */
const REAL = { isReal: true };

/** Puts a stand-in before modules, which loads the real one on first use. */
export function lazyModules({ functions, builtins }: LazyModules): Plugin {
  return {
    name: 'lazy-modules',
    setup: (build) => {
      const names = [...functions, ...builtins.flatMap((name) => [name, `node:${name}`])];
      build.onResolve(
        { filter: new RegExp(`^(${names.join('|')})$`) },
        ({ path, pluginData, resolveDir }) => {
          if (pluginData === REAL) return undefined;
          return { path, namespace: 'lazy', pluginData: { resolveDir } };
        },
      );
      build.onLoad({ filter: /.*/, namespace: 'lazy' }, ({ path, pluginData }) => {
        const { resolveDir } = pluginData as { readonly resolveDir: string };
        const contents = functions.includes(path) ? lazyFunction(path) : lazyBuiltin(path);
        return { contents, resolveDir, pluginData: REAL };
      });
    },
  };
}

function lazyFunction(path: string): string {
  return `let real; export default (...args) => (real ??= require('${path}').default)(...args);`;
}

/** A getter for each name, and not a proxy: what imports by name copies the names that it finds. */
function lazyBuiltin(path: string): string {
  const names = Object.keys(createRequire(import.meta.url)(path) as object);
  const getters = names.map((name) => `get ${name}() { return load().${name}; }`);
  return `let real; const load = () => (real ??= require('${path}')); module.exports = { ${getters.join(', ')} };`;
}
