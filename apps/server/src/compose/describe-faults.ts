import { ERROR_CATALOG, type Fault } from '@bfm/core';
import type { LoadedCatalog } from '@bfm/service';

/**
 * What is wrong with migrations, a line each, and what else it keeps out. Messages may quote a file, which no log is to hold;
 * lint and the details of the health have them.
 */
export function describeFaults({ faults, quarantined }: LoadedCatalog): readonly string[] {
  return [
    ...faults.map(({ code, where }) => `${code}: ${placeOf(where)}: ${ERROR_CATALOG[code].title}`),
    ...quarantined.map(({ id }) => `${id} is left out until that is mended`),
  ];
}

function placeOf({ file = 'sfm', line, column }: Fault['where']): string {
  return [file, line, column].filter((part) => part !== undefined).join(':');
}
