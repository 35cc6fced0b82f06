import { PROCESS_CLOCK, TOKEN_CRYPTO } from '@bfm/runtime';
import { TokenCheck } from '@bfm/service';
import { type Authenticate, DEFAULT_GATE_LIMITS, Gate } from '../admission/gate.ts';
import type { IsStillValid } from '../admission/token-watch.ts';
import { countRefusals } from '../metrics/access-metrics.ts';
import type { Identity } from '../routes/request-caller.ts';
import type { ComposedProcess } from './compose-process.ts';
import type { ProcessOptions } from './server-options.ts';
import { toAccess } from './token-check.ts';

/** Who is let in, over whatever wire, and for how long. */
export interface Access {
  readonly authenticate: Authenticate<Identity>;
  readonly isStillValid: IsStillValid<Identity>;
}

/** Opens the one gate of a process. */
export function openAccess(
  { control: { state }, registry }: ComposedProcess,
  { server }: ProcessOptions,
): Access {
  const { requestsPerSecond, burst, refusalsPerMinute } = server.limits;
  const check = new TokenCheck({
    state,
    crypto: TOKEN_CRYPTO,
    clock: PROCESS_CLOCK,
    configured: server.apiToken,
  });
  const gate = new Gate<Identity>({
    ...toAccess(check, state),
    budgetKeyOf: ({ tokenId, name }) => tokenId ?? name,
    limits: {
      ...DEFAULT_GATE_LIMITS,
      tokenBudget: { perSecond: requestsPerSecond, burst },
      failureBudget: { perSecond: refusalsPerMinute / 60, burst: refusalsPerMinute },
    },
    nowMs: () => PROCESS_CLOCK.monotonicMs(),
  });
  return {
    authenticate: countRefusals(registry, gate.admit),
    isStillValid: (identity) => check.isStillValid(identity),
  };
}
