import type { DoctorCommandOptions } from '../options/option-types.ts';
import type { LeafSpec } from './command-spec.ts';

/** `bfm doctor`. */
export const DOCTOR: LeafSpec = {
  name: 'doctor',
  group: 'Setting up',
  summary: 'Look for whatever may be wrong: files, settings, databases, ledgers.',
  examples: [
    ['bfm doctor', 'everything, with what mends it'],
    ['bfm doctor --json', 'for programs: code, severity, place and mend of each finding'],
  ],
  notes: [
    'It changes nothing. Exits 0 when nothing needs anybody, 6 when something does, 8 when a database cannot be reached and that is all.',
  ],
  addOptions: (command) => {
    command
      .optionsGroup('What to tell:')
      .option('--failpoints', 'list where faults can be tried instead; for tests of BFM itself');
  },
  run: async (command, invocation) => {
    const { runDoctor } = await import('../commands/doctor.ts');
    return runDoctor(command.optsWithGlobals<DoctorCommandOptions>(), invocation);
  },
};
