const EXIT_INTERRUPTED = 130;
const NOTHING = { passed: 0, failed: 0 };

/** The outcome of a whole test run. */
export interface Summary {
  readonly passed: number;
  readonly failed: number;
  /** What people have to know besides the numbers. */
  readonly notes: readonly string[];
  /** 0 only when tests ran and nothing at all failed. */
  readonly exitCode: number;
}

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

/**
 * Adds a run up from vitest's JSON report and exit code. A file that could not be loaded, and a failure outside of all
 * tests such as the leak check, count as one failure each.
 */
export function summarize(reportText: string | null, exitCode: number): Summary {
  if (reportText === null) return failure('The test run wrote no report.', exitCode);
  const report = JSON.parse(reportText) as Report;
  const brokenFiles = report.testResults.filter(isBroken).length;
  const failedInside = report.numFailedTests + brokenFiles;
  const failedOutside = failedInside === 0 && exitCode !== 0 ? 1 : 0;
  const ranNothing = report.numPassedTests + failedInside + failedOutside === 0;
  if (ranNothing) return failure('No test ran.', exitCode);
  return {
    passed: report.numPassedTests,
    failed: failedInside + failedOutside,
    notes: failedOutside > 0 ? ['The run failed outside of its tests; the reason is above.'] : [],
    exitCode: exitCode === 0 && failedInside > 0 ? 1 : exitCode,
  };
}

/** Adds up a run that was asked to end: only what ran counts, and the exit code says that it is not all. */
export function summarizeInterrupted(reportText: string | null): Summary {
  const { passed, failed } = reportText === null ? NOTHING : summarize(reportText, 0);
  return { passed, failed, notes: ['The test run was interrupted.'], exitCode: EXIT_INTERRUPTED };
}

function isBroken(file: Report['testResults'][number]): boolean {
  return file.status === 'failed' && file.assertionResults.every(({ status }) => status !== 'failed');
}

function failure(note: string, exitCode: number): Summary {
  return { passed: 0, failed: 1, notes: [note], exitCode: exitCode === 0 ? 1 : exitCode };
}
