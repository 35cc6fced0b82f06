/** Variables that the CLI itself reads; those of connections are declared with their own definitions. */
export const ENVIRONMENT_VARIABLES: readonly (readonly [name: string, meaning: string])[] = [
  ['{CONN}_BACKEND, {CONN}_URL', 'declare a connection, here or in --env-file; see the reference'],
  ['BFM_SFM_PATH', 'the folder of migrations, where --sfm is not given (default: ./sfm)'],
  ['BFM_SERVER', 'the address of a server to work through, where --server is not given'],
  ['BFM_TOKEN, BFM_TOKEN_FILE', 'the token for that server, or the file it is in'],
  ['BFM_ALLOW_CLEAR_TEXT', 'true: the token may go to another machine without TLS'],
  ['NO_COLOR', 'set to anything: no colours'],
  ['FORCE_COLOR, CLICOLOR_FORCE', 'set to anything but 0: colours, even where no terminal is'],
  ['CLICOLOR', 'set to 0: no colours'],
  ['TERM', 'dumb: no colours, and nothing is redrawn'],
  ['COLUMNS', 'how wide text may be where no terminal says it (default: 200)'],
  ['LC_ALL, LC_CTYPE, LANG', 'signs beyond ASCII are used where the first that is set says UTF-8'],
  [
    'BFM_ENABLE_FAILPOINTS, BFM_FAILPOINTS',
    '1, and which faults happen where: for tests; see bfm doctor --failpoints',
  ],
  ['BFM_STOP_GRACE', 'how long after SIGTERM a run may go on before it is cancelled (default: 20s)'],
  ['BFM_DEBUG', 'set to anything: a bug in BFM is told with its stack trace'],
];
