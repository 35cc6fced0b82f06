import { BfmError, isBfmError } from '@bfm/core';

/** The error of a provider that cannot be asked, or does not do as asked. `why` holds no secret. */
export function lockUnreachable(address: string, why: string, cause?: unknown): BfmError {
  return new BfmError('lock.unreachable', {
    message: `cannot get leases from ${address}: ${why}; nothing was run`,
    details: { address },
    next: 'check BFM_LOCK_URL and that the provider is up, or run without it: the session locks and the fence stay',
    cause,
  });
}

/** Does something with a provider; whatever goes wrong, it is the provider that cannot be reached. */
export async function reaching<T>(address: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isBfmError(error) && error.code === 'lock.unreachable') throw error;
    throw lockUnreachable(address, whyOf(error), error);
  }
}

/** Of several addresses tried at once the first reason is as good as any. */
function whyOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return whyOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}
