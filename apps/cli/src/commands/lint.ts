import { lintExitCode, presentFindings } from '@bfm/service';
import type { Invocation } from '../invocation.ts';
import type { LintWork } from '../modes/lint-work.ts';
import { openDesk } from '../modes/open-desk.ts';
import type { Ways } from '../modes/ways.ts';
import type { GlobalOptions } from '../options/option-types.ts';
import { findingsView } from '../output/findings-view.ts';

const WAYS: Ways<LintWork> = {
  needsNoConnection: true,
  direct: async (session) => (await import('../direct/direct-lint.ts')).directLint(session),
  remote: async (remote) => (await import('../remote/remote-lint.ts')).remoteLint(remote),
};

/** `bfm lint`: exits 6 when something in the files cannot be used. */
export async function runLint(options: GlobalOptions, invocation: Invocation): Promise<number> {
  await using desk = await openDesk(WAYS, options, invocation);
  const { work, terminal, files } = desk;
  const findings = await work.lint();
  terminal.data(presentFindings(findings));
  const exitCode = lintExitCode(findings);
  const { print, look } = exitCode === 0 ? terminal.people : terminal.urgent;
  print(findingsView(findings, files, look));
  return exitCode;
}
