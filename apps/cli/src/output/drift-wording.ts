import type { TargetStatus } from '@bfm/service';

/** One way ledger and files disagree, as a sentence. */
export function describeDrift(drift: TargetStatus['drift'][number]): string {
  switch (drift.kind) {
    case 'checksum_changed':
      return `${drift.migrationId} was edited after it was applied (applied ${drift.applied.slice(0, 12)}, now ${drift.current.slice(0, 12)})`;
    case 'missing':
      return `${drift.migrationId} is ${drift.partly ? 'partly run and' : 'applied but'} its file is gone`;
    case 'out_of_order':
      return `${drift.migrationId} is pending yet comes before ${drift.after}, which is applied`;
    case 'half_rolled_back':
      return `the rollback of ${drift.migrationId} began and did not end: part of it is undone`;
  }
}
