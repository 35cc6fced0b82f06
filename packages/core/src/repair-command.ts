import type { MigrationId } from './migration-id.ts';
import { quoteOption, quoteWord } from './quote-word.ts';

/** What a repair is told to be about. */
export interface RepairCommandParts {
  readonly action: 'mark-applied' | 'mark-pending' | 'accept-checksum';
  readonly migrationId: MigrationId;
  /** Absent: wherever a ledger speaks of the migration. */
  readonly place?: { readonly connection: string; readonly schemas: readonly string[] };
  /** 1-based; absent: none. */
  readonly statement?: number;
}

/** A repair as it can be typed; what to put in for the reason is for people to say. */
export function repairCommand({ action, migrationId, place, statement }: RepairCommandParts): string {
  const words = [`bfm repair ${action}`];
  if (place !== undefined) {
    words.push(
      `--connection ${place.connection}`,
      ...place.schemas.map((schema) => quoteOption('--schema', schema)),
    );
  }
  words.push(`--migration ${quoteWord(migrationId)}`);
  if (statement !== undefined) words.push(`--statement ${statement}`);
  return [...words, '--reason WHY'].join(' ');
}
