import type { AuditWork } from '../modes/audit-work.ts';
import type { Remote } from './open-remote.ts';

/** The audit of a server. */
export function remoteAudit({ ask }: Remote): AuditWork {
  return {
    list: (wanted) => ask((client) => client.auditPage(wanted)),
    each: (wanted, take) =>
      ask(async (client) => {
        for await (const entry of client.audit(wanted)) await take(entry);
      }),
  };
}
