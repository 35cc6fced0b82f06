import { describeHolder } from '@bfm/core';
import { changeScopes, presentScopeRun, scopeExitCode, toDryScopeRun, type ScopeWork } from '@bfm/service';
import type { EditSettingsOptions } from '../../options/option-types.ts';
import { scopeRunView } from '../../output/scope-run-view.ts';
import { toEditSettings } from '../../run/edit-settings.ts';
import { Interrupts } from '../../run/interrupts.ts';
import type { Session } from '../session.ts';

/** A person was needed and said no. */
const DECLINED = 6;

/** A change of whole targets as a command has worked it out. */
export interface TargetChange {
  readonly action: string;
  /** The outcome of what went well, for programs, and as the beginning of a sentence. */
  readonly done: readonly [outcome: string, sentence: string];
  readonly reason: string | null;
  readonly works: readonly ScopeWork[];
  readonly preview: readonly string[];
  /** True when somebody who was asked agrees. */
  readonly agreed: () => Promise<boolean>;
}

/** Shows a change of whole targets, asks where somebody is there to answer, and makes it. */
export async function makeTargetChange(
  change: TargetChange,
  options: EditSettingsOptions,
  session: Session,
): Promise<number> {
  const { context, terminal } = session;
  const { print, look } = terminal.people;
  const { action, reason, works } = change;
  const present = { action, reason, done: change.done[0] };
  const tellPlanned = (line: string): void => {
    terminal.data(presentScopeRun(toDryScopeRun(works, context), present));
    print([line]);
  };
  print([...change.preview, '']);
  if (options.dryRun === true) {
    tellPlanned('Dry run: nothing was changed.');
    return 0;
  }
  if (options.yes !== true && terminal.canAsk && !(await change.agreed())) {
    tellPlanned('Nothing was changed.');
    return DECLINED;
  }
  using interrupts = new Interrupts({
    say: (line) => {
      print([look.paint.warn(line)]);
    },
    graceMs: null,
  });
  session.listen((event) => {
    if (event.type === 'target.waiting') {
      print([look.paint.dim(`waiting for ${describeHolder(event.holder)}`)]);
    }
  });
  const run = await changeScopes(
    works,
    { reason, settings: toEditSettings(options, interrupts.stop) },
    context,
  );
  terminal.data(presentScopeRun(run, present));
  print(scopeRunView(run, change.done[1], { files: session.files, look }));
  return scopeExitCode(run);
}
