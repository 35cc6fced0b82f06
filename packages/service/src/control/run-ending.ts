/** What came of working on a run that was taken. `lost`: somebody else has it, or will have it once its lease is over. */
export type RunEnding = 'ended' | 'given_back' | 'lost';
