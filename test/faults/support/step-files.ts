import { logEffect } from '@bfm/testing';
import type { Files } from '../../bad-input/support/migration-tree.ts';
import { stem } from './row-world.ts';

/** So many migrations, each with a table and an effect that is counted. */
export function stepFiles(count: number): Files {
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  return Object.fromEntries(
    numbers.flatMap((number) => [
      [`${stem(number)}.up.sql`, `${logEffect(`step_${number}`)};\nCREATE TABLE step_${number} (id int);\n`],
      [`${stem(number)}.down.sql`, `${logEffect(`step_${number}`, 'down')};\nDROP TABLE step_${number};\n`],
    ]),
  );
}
