/**
 * The arrows of DESIGN.md 3 as a gate. `core` knows nobody; `engine` knows core; adapters know the engine's ports;
 * the service knows core and engine; only what composes names adapters: packages/runtime for every process, and each app's
 * composition root. Paths are relative to the folder in which the cruise starts, so that test/architecture can run the same rules over a tree that breaks them.
 */
const ADAPTERS = ['source', 'postgresql', 'locks', 'state'];

/** What each package may import besides itself. */
const ARROWS = {
  core: [],
  engine: ['core'],
  source: ['core', 'engine'],
  postgresql: ['core', 'engine'],
  locks: ['core', 'engine'],
  state: ['core', 'engine'],
  service: ['core', 'engine'],
  runtime: ['core', 'engine', 'source', 'postgresql', 'locks', 'service'],
  contract: [],
  client: [],
  embedded: [],
  testing: ['core', 'embedded', 'engine'],
};

const TEST_FILE = '\\.test\\.ts$|^test/|^(packages|apps)/[^/]+/test/';
const FIXTURE = '(^|/)fixtures/';
/** `@bfm/x` either as it resolves (a path of the workspace) or, when it does not, as it was written. */
const workspacePackage = (names) => `^(?:packages|node_modules/@bfm|@bfm)/(?:${names.join('|')})(?:/|$)`;

const arrows = Object.entries(ARROWS).map(([from, to]) => ({
  name: `arrow-${from}`,
  comment: `packages/${from} may import ${to.length === 0 ? 'no other package' : to.join(', ')}.`,
  severity: 'error',
  from: { path: `^packages/${from}/`, pathNot: TEST_FILE },
  to: {
    path: '^(?:packages|apps|node_modules/@bfm|@bfm)/',
    pathNot: `^packages/(?:${[from, ...to].join('|')})/`,
  },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'No cycle of any size, type imports included. Move what both need into a third file.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    ...arrows,
    {
      name: 'core-imports-nothing',
      comment: 'packages/core is words only: no library, no platform module.',
      severity: 'error',
      from: { path: '^packages/core/', pathNot: TEST_FILE },
      to: { pathNot: '^packages/core/' },
    },
    {
      name: 'no-platform-in-pure-packages',
      comment:
        'core, engine and service run anywhere: what needs a platform module is a port, done by an adapter.',
      severity: 'error',
      from: { path: '^packages/(?:core|engine|service)/', pathNot: TEST_FILE },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'adapters-apart',
      comment:
        'Adapters never import each other; what they share is a port or a word of core. Tests included.',
      severity: 'error',
      from: { path: `^packages/(${ADAPTERS.join('|')})/` },
      to: { path: workspacePackage(ADAPTERS), pathNot: '^packages/$1/' },
    },
    {
      name: 'composition-root-only',
      comment:
        'Only composition roots name concrete adapters: apps/cli/src/direct/, apps/server/src/compose/, and packages/runtime for both.',
      severity: 'error',
      from: { path: '^apps/', pathNot: ['^apps/cli/src/direct/', '^apps/server/src/compose/', TEST_FILE] },
      to: { path: workspacePackage(ADAPTERS) },
    },
    {
      name: 'testing-in-tests-only',
      comment: 'packages/testing starts real servers; only tests import it.',
      severity: 'error',
      from: { pathNot: ['^packages/testing/', TEST_FILE, '^vitest\\.', '^scripts/test\\.ts$'] },
      to: { path: workspacePackage(['testing']) },
    },
    {
      name: 'through-the-index',
      comment: 'Another package is used through its index.ts; the rest of it is its own business.',
      severity: 'error',
      from: { path: '^(packages|apps)/([^/]+)/' },
      to: {
        path: '^(?:packages|apps)/',
        pathNot: ['^$1/$2/', '^(?:packages/[^/]+|apps/server)/src/index\\.ts$'],
      },
    },
    {
      name: 'not-to-test',
      comment: 'Nothing that ships imports a test.',
      severity: 'error',
      from: { pathNot: TEST_FILE },
      to: { path: TEST_FILE },
    },
    {
      name: 'not-to-dev-dep',
      comment: 'What ships imports only what its package.json lists under dependencies.',
      severity: 'error',
      from: { path: '^(?:packages|apps)/[^/]+/src/', pathNot: TEST_FILE },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only', 'npm'] },
    },
    {
      name: 'no-non-package-json',
      comment: 'A library that no package.json lists is there by luck.',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'not-to-unresolvable',
      comment: 'The import leads nowhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-orphans',
      comment: 'A file that imports nothing and that nobody imports is forgotten.',
      severity: 'error',
      from: {
        orphan: true,
        pathNot: [
          TEST_FILE,
          '/src/index\\.ts$',
          '^apps/[^/]+/src/main\\.ts$',
          '^apps/[^/]+/bin/',
          '^scripts/',
          '^[^/]+$',
          '\\.d\\.ts$',
        ],
      },
      to: {},
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['(^|/)dist/', '(^|/)node_modules/\\.', FIXTURE] },
    combinedDependencies: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
    },
  },
};
