import type { RunsWork } from '../../modes/runs-work.ts';
import type { Ways } from '../../modes/ways.ts';

/** Runs are kept by servers only. */
export const RUNS_WAYS: Ways<RunsWork> = {
  direct: null,
  remote: async (remote) => (await import('../../remote/remote-runs.ts')).remoteRuns(remote),
};
