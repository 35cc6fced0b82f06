/** The client of a BFM server. */
export { readClientOptions } from './client-options.ts';
