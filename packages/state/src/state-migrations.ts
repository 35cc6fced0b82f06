import { join } from 'node:path';

/** The folder of the migrations that make the state's tables, for BFM's own engine. */
export const STATE_MIGRATIONS = join(import.meta.dirname, '..', 'sfm');
