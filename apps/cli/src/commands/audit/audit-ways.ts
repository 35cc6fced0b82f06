import type { AuditFilter } from '@bfm/client';
import type { AuditWork } from '../../modes/audit-work.ts';
import type { Ways } from '../../modes/ways.ts';
import type { AuditOptions } from '../../options/option-types.ts';

/** The audit is kept by servers only. */
export const AUDIT_WAYS: Ways<AuditWork> = {
  direct: null,
  remote: async (remote) => (await import('../../remote/remote-audit.ts')).remoteAudit(remote),
};

/** Which entries the options ask for. */
export function wantedEntries({ actor, action, object }: AuditOptions): AuditFilter {
  return {
    ...(actor === undefined ? {} : { actor }),
    ...(action === undefined ? {} : { action }),
    ...(object === undefined ? {} : { object }),
  };
}
