import type { Migration } from '@bfm/core';
import type { Revision } from '@bfm/engine';

/** `name@version` of the way checksums are made: SHA-256 over the normalised bytes. */
const CHECKSUM_ALGORITHM = 'sha256-normalised@1';

/** The text of a migration as a ledger keeps it. */
export function toRevision({ id, version, name, up }: Migration): Revision {
  return {
    migrationId: id,
    version,
    name,
    checksum: up.checksum,
    algorithm: CHECKSUM_ALGORITHM,
    text: up.text,
  };
}
