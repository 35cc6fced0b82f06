import { join } from 'node:path';
import { thisMachine } from '../machine.ts';
import { resolveService } from '../service.ts';
import { programBinary, type DebianProgram, type ProgramBinary } from './debian-program.ts';

const CACHE = join(import.meta.dirname, '../../../../node_modules/.cache');

/** Finds a program on this machine, or unpacks it. @throws {MissingServiceError} when there is none to be had */
export async function ownProgram(wanted: DebianProgram): Promise<ProgramBinary> {
  return resolveService(programBinary(wanted, thisMachine, join(CACHE, `bfm-${wanted.program}`)));
}
