import type { Catalog } from '@bfm/core';
import { buildCatalog } from '@bfm/engine';
import { makeDraft, type DraftParts } from '@bfm/testing';
import { expect } from 'vitest';

/** A catalog of one schema's migrations, in this order. */
export function catalogOf(schema: string, scripts: readonly Partial<DraftParts>[]): Catalog {
  const drafts = scripts.map((script, index) =>
    makeDraft({ version: `202501010000${String(index).padStart(2, '0')}`, schema, ...script }),
  );
  const { catalog, faults } = buildCatalog(drafts, { defaultSchemas: new Map() });
  expect(faults).toEqual([]);
  return catalog;
}
