import { isBfmError } from '@bfm/core';
import type { Registry } from 'prom-client';
import type { Authenticate } from '../admission/gate.ts';
import { MetricMaker } from './make-metrics.ts';

/** Counts whom a gate does not let in. */
export function countRefusals<Caller>(registry: Registry, admit: Authenticate<Caller>): Authenticate<Caller> {
  const refusals = new MetricMaker(registry).counter('refusals');
  return async (request) => {
    try {
      return await admit(request);
    } catch (error) {
      refusals.inc({ code: isBfmError(error) ? error.code : 'internal.invariant' });
      throw error;
    }
  };
}
