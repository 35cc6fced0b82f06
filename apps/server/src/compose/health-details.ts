import type { ControlContext } from '@bfm/service';

/** More of them are told by lint. */
const TOLD_MAX = 100;

/** What /health tells to those who may read: which files are faulty, and which migrations are left out for them. */
export function healthDetails({ catalogs }: ControlContext, sfm: string): Readonly<Record<string, unknown>> {
  const { catalog, faults, quarantined, loadedAt } = catalogs.current();
  // Where the folder lies is nobody's business.
  const within = (text: string): string => text.replaceAll(`${sfm.replace(/\/+$/, '')}/`, '');
  return {
    migrations: catalog.migrations.length,
    loaded_at: loadedAt,
    faults: faults.slice(0, TOLD_MAX).map(({ code, message, where }) => ({
      code,
      file: where.file === undefined ? null : within(where.file),
      line: where.line ?? null,
      message: within(message),
    })),
    quarantined: quarantined
      .slice(0, TOLD_MAX)
      .map(({ id, blockedBy }) => ({ migration_id: id, blocked_by: blockedBy })),
  };
}
