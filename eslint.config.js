import { importX } from 'eslint-plugin-import-x';
import jsdoc from 'eslint-plugin-jsdoc';
import tseslint from 'typescript-eslint';
import { noInterpolatedSql } from './scripts/check/no-interpolated-sql.ts';

const TESTS = ['**/*.test.ts', '**/test/**/*.ts', 'test/**/*.ts'];
const CONFIGS = ['*.config.{js,ts}', '.dependency-cruiser.mjs'];
const PURE = ['packages/core/**/*.ts', 'packages/engine/**/*.ts', 'packages/service/**/*.ts'];

const CLOCK =
  'Time is injected: take a Clock (packages/engine/src/ports/clock.ts), so that tests decide what time it is.';
const ENV = 'Configuration is read once, in apps/, and handed down as typed options.';
const EXIT = 'Only apps/ ends the process. Throw a BfmError; its code decides the exit code.';
const CONSOLE = 'Only apps/ speaks to people. Return a value or send a typed engine event.';
const RANDOM = 'Randomness is injected, so that a test can repeat a run.';

const TIMER_GLOBALS = ['setTimeout', 'setInterval', 'setImmediate'].map((name) => ({ name, message: CLOCK }));
const CLOCK_PROPERTIES = [
  { object: 'Date', property: 'now', message: CLOCK },
  { object: 'performance', property: 'now', message: CLOCK },
  { object: 'AbortSignal', property: 'timeout', message: CLOCK },
];
const ENV_PROPERTIES = [{ object: 'process', property: 'env', message: ENV }];
const PROCESS_PROPERTIES = [
  { object: 'process', property: 'exit', message: EXIT },
  { object: 'process', property: 'exitCode', message: EXIT },
  { object: 'process', property: 'stdout', message: CONSOLE },
  { object: 'process', property: 'stderr', message: CONSOLE },
];
const RANDOM_PROPERTIES = [{ object: 'Math', property: 'random', message: RANDOM }];
const PROCESS_IMPORTS = ['process', 'node:process'].map((name) => ({
  name,
  message: `Use of the process is restricted below apps/. ${ENV}`,
}));
const TIMER_IMPORTS = ['node:timers', 'node:timers/promises', 'timers', 'timers/promises'].map((name) => ({
  name,
  message: CLOCK,
}));

const NO_EXPORT_ALL = {
  selector: 'ExportAllDeclaration',
  message: 'Name what you export: a package is as wide as its index says, and no wider.',
};
const NO_ENUM = { selector: 'TSEnumDeclaration', message: 'Use a union of strings or an `as const` object.' };
const NO_OTHER_EXTENSION = {
  selector:
    ':matches(ImportDeclaration, ExportNamedDeclaration, ImportExpression)[source.value=/^\\.{1,2}\\u002F.*(?<!\\.(?:ts|mjs|json))$/]',
  message: 'Relative imports name the file as it is on disk, ending in .ts: Node runs it directly.',
};
const HOUSE_SYNTAX = [NO_EXPORT_ALL, NO_ENUM, NO_OTHER_EXTENSION];
const NO_NEW_DATE = { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: CLOCK };
const NO_DATE_CALL = { selector: "CallExpression[callee.name='Date']", message: CLOCK };

/** Rules for code that must not know in which process it runs. */
function restrictions({ clock, env, pure, random = true }) {
  return {
    'no-console': 'off',
    'no-restricted-globals': [
      'error',
      { name: 'console', message: CONSOLE },
      ...(clock ? TIMER_GLOBALS : []),
      ...(pure
        ? [
            { name: 'process', message: ENV },
            { name: 'Buffer', message: 'Use Uint8Array and TextEncoder: this package runs anywhere.' },
          ]
        : []),
    ],
    'no-restricted-properties': [
      'error',
      ...PROCESS_PROPERTIES,
      ...(random ? RANDOM_PROPERTIES : []),
      ...(clock ? CLOCK_PROPERTIES : []),
      ...(env ? ENV_PROPERTIES : []),
    ],
    'no-restricted-imports': [
      'error',
      {
        paths: [...PROCESS_IMPORTS, ...(clock ? TIMER_IMPORTS : [])],
        patterns: pure
          ? [
              {
                regex: '^node:',
                message:
                  'This package imports no platform: take a port (packages/engine/src/ports) and let an adapter do it.',
              },
            ]
          : [],
      },
    ],
    'no-restricted-syntax': ['error', ...HOUSE_SYNTAX, ...(clock ? [NO_NEW_DATE, NO_DATE_CALL] : [])],
  };
}

export default tseslint.config(
  {
    ignores: [
      '**/node_modules/',
      '**/dist/',
      '**/coverage/',
      '.bfm/',
      '**/.tmp/',
      'test/architecture/fixtures/',
      'sfm/',
      'examples/',
      'packages/contract/src/generated/',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    name: 'bfm/typescript',
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: { project: './tsconfig.tests.json', tsconfigRootDir: import.meta.dirname },
    },
    plugins: { 'import-x': importX, jsdoc, bfm: { rules: { 'no-interpolated-sql': noInterpolatedSql } } },
    rules: {
      eqeqeq: 'error',
      curly: ['error', 'multi-line'],
      'prefer-const': 'error',
      'no-var': 'error',
      'no-else-return': 'error',
      'no-param-reassign': 'error',
      'object-shorthand': 'error',

      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/consistent-type-exports': 'error',
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { requireDefaultForNonUnion: true, considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      '@typescript-eslint/unbound-method': ['error', { ignoreStatic: true }],

      // Walking a text by code points is what a splitter does.
      '@typescript-eslint/no-misused-spread': ['error', { allow: ['string'] }],

      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 50, skipBlankLines: true, skipComments: true }],
      complexity: ['error', 10],
      'max-params': ['error', 3],
      'max-depth': ['error', 3],

      'import-x/no-default-export': 'error',
      'import-x/no-duplicates': 'error',
      'no-restricted-syntax': ['error', ...HOUSE_SYNTAX],
    },
  },
  {
    name: 'bfm/packages',
    files: ['packages/*/src/**/*.ts'],
    ignores: TESTS,
    rules: {
      ...restrictions({ clock: true, env: true, pure: false }),
      'jsdoc/require-jsdoc': [
        'error',
        {
          publicOnly: { esm: true, cjs: false, window: false },
          require: { FunctionDeclaration: true, ClassDeclaration: true, MethodDefinition: false },
          contexts: [
            'TSInterfaceDeclaration',
            'TSTypeAliasDeclaration',
            'ExportNamedDeclaration > VariableDeclaration',
          ],
          enableFixer: false,
        },
      ],
      'jsdoc/no-types': 'error',
    },
  },
  {
    name: 'bfm/pure-packages',
    files: PURE,
    ignores: TESTS,
    rules: restrictions({ clock: true, env: true, pure: true }),
  },
  {
    // It starts a child process, imports no port, and hands that child its environment.
    name: 'bfm/embedded',
    files: ['packages/embedded/src/**/*.ts'],
    ignores: TESTS,
    rules: restrictions({ clock: false, env: false, pure: false }),
  },
  {
    // Where clock and chance come from.
    name: 'bfm/runtime',
    files: ['packages/runtime/src/**/*.ts'],
    ignores: TESTS,
    rules: restrictions({ clock: false, env: true, pure: false, random: false }),
  },
  {
    // The client is used alone, in programs of others; this is where it meets their platform.
    name: 'bfm/client-platform',
    files: ['packages/client/src/platform.ts'],
    rules: { 'no-restricted-globals': 'off', 'no-restricted-properties': 'off' },
  },
  {
    name: 'bfm/testing',
    files: ['packages/testing/src/**/*.ts'],
    rules: {
      'no-restricted-globals': 'off',
      'no-restricted-properties': 'off',
      'no-restricted-imports': 'off',
      'no-restricted-syntax': ['error', ...HOUSE_SYNTAX],
      // Shared suites are functions full of describe and it.
      'max-lines-per-function': 'off',
    },
  },
  {
    name: 'bfm/sql',
    files: ['packages/*/src/**/*.ts', 'apps/*/src/**/*.ts'],
    ignores: [...TESTS, 'packages/testing/**'],
    rules: { 'bfm/no-interpolated-sql': 'error' },
  },
  {
    name: 'bfm/tests',
    files: TESTS,
    rules: {
      'max-lines': ['error', { max: 600, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': 'off',
      '@typescript-eslint/explicit-module-boundary-types': 'off',
    },
  },
  { name: 'bfm/configs', files: CONFIGS, rules: { 'import-x/no-default-export': 'off' } },
  {
    name: 'bfm/plain-javascript',
    files: ['**/*.{js,mjs,cjs}'],
    rules: {
      eqeqeq: 'error',
      'prefer-const': 'error',
      'no-var': 'error',
      'no-unused-vars': 'error',
      'max-depth': ['error', 3],
      complexity: ['error', 10],
    },
  },
);
