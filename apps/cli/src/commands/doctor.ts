import { FAILPOINTS, isBfmError } from '@bfm/core';
import { FAULT_ACTIONS, readFaultRules } from '@bfm/runtime';
import { examineEverything, findingsExitCode, presentFindings, toFindings, type Finding } from '@bfm/service';
import type { Invocation } from '../invocation.ts';
import type { DoctorCommandOptions, GlobalOptions } from '../options/option-types.ts';
import { failpointsView, presentFailpoints } from '../output/failpoints-view.ts';
import { findingsView } from '../output/findings-view.ts';
import { SourceFiles } from '../output/source-files.ts';
import { createTerminal } from '../output/terminal.ts';
import { openSession } from './session.ts';
import { findInState } from './state-findings.ts';

/** `bfm doctor`: looks at everything, and says of what is wrong how to mend it. */
export async function runDoctor(options: DoctorCommandOptions, invocation: Invocation): Promise<number> {
  if (options.failpoints === true) return listFailpoints(options);
  const findings = await find(options, invocation);
  const terminal = createTerminal({
    json: options.json ?? false,
    color: options.color,
    quiet: options.quiet ?? false,
  });
  terminal.data(presentFindings(findings));
  const { print, look } = terminal.people;
  print(findingsView(findings, new SourceFiles(invocation.sourceRoot), look));
  return findingsExitCode(findings);
}

/** Needs neither settings nor databases. */
function listFailpoints({ json, color, quiet }: GlobalOptions): number {
  const terminal = createTerminal({ json: json ?? false, color, quiet: quiet ?? false });
  const listed = { ...readFaultRules(process.env), failpoints: FAILPOINTS, actions: FAULT_ACTIONS };
  terminal.data(presentFailpoints(listed));
  terminal.people.print(failpointsView(listed, terminal.people.look));
  return 0;
}

/** Also of what keeps every other command from working, there is something to say. */
async function find(options: GlobalOptions, invocation: Invocation): Promise<readonly Finding[]> {
  try {
    await using session = await openSession(options, invocation);
    const { context, pooled } = session;
    return [
      ...(await examineEverything({ nowMs: () => Date.now(), pooled }, context)),
      ...(await findInState(options, context)),
    ];
  } catch (error) {
    if (isBfmError(error)) return [...toFindings(error), ...(await findInState(options, null))];
    throw error;
  }
}
