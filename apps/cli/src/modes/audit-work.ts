import type { AuditEntry, AuditFilter, AuditPage, PageOrder } from '@bfm/client';

/** What keeps who did what. */
export interface AuditWork {
  readonly list: (wanted: AuditFilter & PageOrder) => Promise<AuditPage>;
  /** Hands over every entry, the newest first. */
  readonly each: (wanted: AuditFilter, take: (entry: AuditEntry) => Promise<void>) => Promise<void>;
}
