import type { HelpGroup } from '../program/help-page.ts';
import { wrap } from './fit.ts';
import { groupsView, helpWidth } from './help-view.ts';
import type { Look } from './look.ts';

/** What the pages about `bfm` as a whole tell. */
export interface Overview {
  readonly purpose: string;
  readonly commands: readonly HelpGroup[];
}

/** Everything beside the commands. */
export interface OverviewDetails {
  readonly globals: HelpGroup;
  readonly variables: HelpGroup;
  readonly exitCodes: HelpGroup;
  readonly note: string;
}

const FIRST_STEPS: HelpGroup = {
  title: 'First steps',
  entries: [
    { term: 'bfm init', meaning: 'makes bfm.yaml, where connections are declared, and an example' },
    { term: 'bfm doctor', meaning: 'tells whether all is well, and what mends what is not' },
    { term: 'bfm plan', meaning: 'shows what would be done; bfm up does it' },
  ],
};

/** What a bare `bfm` says: the commands, and how to begin. */
export function shortOverviewView({ purpose, commands }: Overview, look: Look): readonly string[] {
  return [
    ...wrap(purpose, helpWidth(look)),
    ...groupsView([...commands, FIRST_STEPS], look),
    '',
    ...wrap(
      'bfm help COMMAND explains one; bfm --help adds options, variables, exit codes.',
      helpWidth(look),
    ),
  ];
}

/** What `bfm --help` says. */
export function overviewView(
  { purpose, commands }: Overview,
  { globals, variables, exitCodes, note }: OverviewDetails,
  look: Look,
): readonly string[] {
  return [
    `${look.paint.bold('Usage:')} bfm <command> [options]`,
    '',
    ...wrap(purpose, helpWidth(look)),
    ...groupsView([...commands, globals], look),
    ...groupsView([variables], look),
    ...groupsView([exitCodes], look),
    ...wrap(note, helpWidth(look)),
    '',
    'bfm help COMMAND explains one, with examples.',
  ];
}
