import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { build as esbuild, BuildOptions, BuildResult, Metafile } from 'esbuild';
import { lazyModules } from './lazy-modules.ts';
import { sealBundle } from './seal.ts';
import { librariesOf, libraryFile, separateLibraries } from './separate-libraries.ts';

/** What to bundle, and where to; both paths are relative to `root`. */
export interface BundleRequest {
  readonly root: string;
  readonly entry: string;
  readonly outfile: string;
  /** Build although nothing changed. */
  readonly force: boolean;
}

type Esbuild = typeof esbuild;

/** What a build left behind, so that the next one can tell whether there is anything to do. */
interface Stamp {
  readonly inputs: readonly string[];
  readonly hash: string;
}

/** Libraries that stay outside: three read files from beside themselves, one is a native add-on that we never use. */
const EXTERNAL = ['libpg-query', 'pg-native', 'grpc-health-check', '@grpc/reflection'];

/** The server, which only `bfm serve` and `bfm worker` load, and the migrations of its state, which lie beside it. */
const SERVER = '@bfm/server';
const STATE_MIGRATIONS = 'packages/state/sfm';

/** Libraries that few starts need, each in a file of its own: Redis, YAML, what redraws a terminal, the server and its client. */
const SEPARATE = ['ioredis', 'log-update', 'yaml', SERVER, '@bfm/client'];

/** What every start would wait for, and few need: tables of wide characters, starting processes, HTTP, TLS, looking up names. */
const LAZY = {
  functions: ['string-width'],
  builtins: [
    'child_process',
    'dns',
    'http',
    'https',
    'os',
    'perf_hooks',
    'process',
    'readline',
    'timers/promises',
    'tls',
    'tty',
    'v8',
  ],
};

const OPTIONS = {
  bundle: true,
  platform: 'node',
  // Node starts CommonJS faster, and its compiled code can be kept; see compile-ahead.ts.
  format: 'cjs',
  target: 'node22.12',
  packages: 'bundle',
  external: EXTERNAL,
  // import() of code compiled ahead is experimental, and Node says so on stderr.
  supported: { 'dynamic-import': false },
  define: { 'import.meta.dirname': '__dirname' },
  // Names stay: they are what a stack trace in a bug report has to say.
  minifyWhitespace: true,
  minifySyntax: true,
  charset: 'ascii',
  sourcemap: 'linked',
  legalComments: 'linked',
  metafile: true,
  write: false,
  logLevel: 'warning',
} as const satisfies BuildOptions;

/** Makes one file of an entry and all it imports, unless the last build was made of exactly the same. */
export async function bundle(request: BundleRequest): Promise<'built' | 'unchanged'> {
  if (!request.force && isUpToDate(request)) return 'unchanged';
  const { root, entry, outfile } = request;
  // Loaded only here: an unchanged tree is recognised before esbuild would have started.
  const { build } = await import('esbuild');
  const { outputFiles, metafile } = await build({
    ...OPTIONS,
    absWorkingDir: root,
    entryPoints: [entry],
    outfile,
    plugins: [lazyModules(LAZY), separateLibraries(SEPARATE)],
  });
  const names = librariesOf(metafile);
  const libraries = await buildLibraries(build, names, request);
  const beside = names.includes(SERVER) ? copyStateMigrations(request) : [];
  const path = join(root, outfile);
  for (const file of libraries.flatMap((library) => library.outputFiles)) {
    writeWhole(file.path, file.contents);
  }
  // Source map first, and each under a name of its own until it is whole: somebody may be starting the old one.
  for (const file of outputFiles) {
    writeWhole(file.path, file.path === path ? sealBundle(file.text) : file.contents);
  }
  const read = toInputs(request, [metafile, ...libraries.map((library) => library.metafile)]);
  const inputs = [...read, ...beside];
  const stamp: Stamp = { inputs, hash: hashInputs(root, inputs) };
  writeWhole(stampPath(request), JSON.stringify(stamp));
  return 'built';
}

function buildLibraries(
  build: Esbuild,
  names: readonly string[],
  { root, entry, outfile }: BundleRequest,
): Promise<readonly BuildResult<typeof OPTIONS>[]> {
  return Promise.all(
    names.map((name) =>
      build({
        ...OPTIONS,
        absWorkingDir: root,
        stdin: { contents: `export * from '${name}';`, resolveDir: dirname(join(root, entry)) },
        outfile: join(dirname(outfile), libraryFile(name)),
        plugins: [lazyModules(LAZY)],
      }),
    ),
  );
}

/** The server's file looks for them one folder up. @returns what was copied */
function copyStateMigrations({ root, outfile }: BundleRequest): readonly string[] {
  const to = join(root, dirname(outfile), dirname(libraryFile(SERVER)), '..', 'sfm');
  rmSync(to, { recursive: true, force: true });
  cpSync(join(root, STATE_MIGRATIONS), to, { recursive: true });
  return globSync(`${STATE_MIGRATIONS}/**/*.sql`, { cwd: root }).sort();
}

/** The files a bundle depends on: those in it, what decided how imports resolve, and how it was made. */
function toInputs({ root }: BundleRequest, metafiles: readonly Metafile[]): readonly string[] {
  const own = readdirSync(import.meta.dirname).map((name) => relative(root, join(import.meta.dirname, name)));
  const read = metafiles.flatMap(({ inputs }) => Object.keys(inputs)).filter((input) => input !== '<stdin>');
  return [...new Set([...read, 'package-lock.json', ...own])].sort();
}

function stampPath({ root, outfile }: BundleRequest): string {
  return join(root, `${outfile}.inputs.json`);
}

function isUpToDate(request: BundleRequest): boolean {
  const path = stampPath(request);
  if (!existsSync(path) || !existsSync(join(request.root, request.outfile))) return false;
  const stamp = JSON.parse(readFileSync(path, 'utf8')) as Stamp;
  return stamp.inputs.includes(request.entry) && hashInputs(request.root, stamp.inputs) === stamp.hash;
}

/** A hash over names and bytes and the Node that builds; a file that is gone counts as one, too. */
function hashInputs(root: string, inputs: readonly string[]): string {
  const hash = createHash('sha256').update(process.version);
  for (const input of inputs) {
    const path = join(root, input);
    const bytes = existsSync(path) ? readFileSync(path) : null;
    hash.update(`${input}\0${bytes === null ? 'gone' : bytes.length}\0`);
    if (bytes !== null) hash.update(bytes);
  }
  return hash.digest('hex');
}

function writeWhole(path: string, contents: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  const unfinished = `${path}.${process.pid}`;
  writeFileSync(unfinished, contents);
  renameSync(unfinished, path);
}
