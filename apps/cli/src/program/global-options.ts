import type { Command } from 'commander';

/** Heading of the options that every command takes. */
export const EVERYWHERE = 'Everywhere';

/** Adds the options that every command takes. */
export function addGlobalOptions(program: Command): Command {
  return program
    .optionsGroup(`${EVERYWHERE}:`)
    .option('--sfm <dir>', 'the folder of migrations (BFM_SFM_PATH, default: ./sfm)')
    .option('--config <file>', 'the configuration (default: ./bfm.yaml when it is there)')
    .option('--env-file <file>', "read variables from this file too; the environment's own go first")
    .option(
      '--server <url>',
      'work through this server (BFM_SERVER), with the token in BFM_TOKEN or BFM_TOKEN_FILE',
    )
    .option('--json', 'one JSON document on stdout; text for people goes to stderr')
    .option('-q, --quiet', 'say nothing but what went wrong or needs attention')
    .option('--no-color', 'no colours (also NO_COLOR; FORCE_COLOR forces them)')
    .helpOption('-h, --help', 'show help');
}
