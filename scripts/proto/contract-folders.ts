import { join } from 'node:path';
import { ROOT } from '../check/root.ts';

const CONTRACT = join(ROOT, 'packages/contract');

/** Where the .proto files are. */
export const PROTO = join(CONTRACT, 'proto');

/** Where the generated code is. */
export const GENERATED = join(CONTRACT, 'src/generated');

/** Where the generators are installed, with a lockfile of their own. */
export const GENERATOR = join(CONTRACT, 'generator');
