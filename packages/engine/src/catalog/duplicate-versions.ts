import type { Fault, MigrationId } from '@bfm/core';
import { compareText, toMigrationId } from '@bfm/core';
import type { MigrationDraft } from './migration-draft.ts';

/** What the search for repeated versions found. */
export interface DuplicateVersions {
  /** One fault for each repeated version, naming all its files. */
  readonly faults: readonly Fault[];
  /** Every migration that shares its version with another one: none of them can be trusted to be the meant one. */
  readonly ids: ReadonlySet<MigrationId>;
}

/** Finds migrations of one backend and connection that have the same version. */
export function findDuplicateVersions(drafts: readonly MigrationDraft[]): DuplicateVersions {
  const groups = Map.groupBy(drafts, (draft) => `${draft.backend}/${draft.connection}/${draft.version}`);
  const faults: Fault[] = [];
  const ids = new Set<MigrationId>();
  for (const group of groups.values()) {
    if (group.length < 2) continue;
    for (const draft of group) ids.add(toMigrationId(draft));
    faults.push(describe(group));
  }
  return { faults, ids };
}

function describe(group: readonly MigrationDraft[]): Fault {
  const [first, ...others] = group.toSorted((a, b) => compareText(a.up.path, b.up.path));
  const files = [first, ...others].flatMap((draft) => (draft === undefined ? [] : [draft.up.path]));
  return {
    code: 'migration.duplicate_version',
    message: `version ${first?.version ?? ''} of connection ${first?.connection ?? ''} is given ${files.length} times: ${files.join(' and ')}`,
    where: { file: files.at(-1) ?? '', connection: first?.connection ?? '' },
    mend: 'give the migration that is not yet applied anywhere another version',
  };
}
