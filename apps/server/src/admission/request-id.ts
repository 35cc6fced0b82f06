import { randomUUID } from 'node:crypto';

const REQUEST_ID = /^[\w.:-]{1,128}$/;

/** What a request is called in logs, audit and history: what its sender calls it if that is a plain word, else a new name. */
export function toRequestId(own: unknown): string {
  return typeof own === 'string' && REQUEST_ID.test(own) ? own : randomUUID();
}
