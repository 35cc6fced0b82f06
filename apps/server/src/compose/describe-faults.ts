import type { LoadedCatalog } from '@bfm/service';

/** What is wrong with migrations, a line each, and what else it keeps out. */
export function describeFaults({ faults, quarantined }: LoadedCatalog): readonly string[] {
  return [
    ...faults.map(({ code, message, where }) => `${code}: ${where.file ?? 'sfm'}: ${message}`),
    ...quarantined.map(({ id }) => `${id} is left out until that is mended`),
  ];
}
